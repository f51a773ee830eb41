/**
 * Which folder may import which, types included; `npm run check:structure`. Arrows point down: node files → actions →
 * host and core; within core: jobs, files, deployments, webhook → polling → api → http → catalogue.
 */
const forbid = (name, from, to) => ({ name, severity: 'error', from, to });

const own = '^(credentials|nodes|contract|emulator|test|scripts|benchmarks)/';
const testSuites = '^test/(unit|engine|e2e|package)/';

module.exports = {
	forbidden: [
		forbid('no-circle', {}, { circular: true }),
		forbid('resolvable', {}, { couldNotResolve: true }),
		forbid(
			'core-is-independent',
			{ path: '^nodes/core/' },
			{ pathNot: ['^nodes/core/', '^crypto$'] },
		),
		// The only built-in module that n8n allows in a verified package.
		forbid(
			'core-without-node',
			{ path: '^nodes/core/', pathNot: '^nodes/core/webhook/token' },
			{ dependencyTypes: ['core'] },
		),
		forbid(
			'catalogue-is-data',
			{ path: '^nodes/core/catalogue/' },
			{ pathNot: '^nodes/core/catalogue/' },
		),
		forbid(
			'http-below-api',
			{ path: '^nodes/core/http/' },
			{ path: '^nodes/core/(api|polling|jobs|files|deployments|webhook)/' },
		),
		forbid(
			'api-below-polling',
			{ path: '^nodes/core/api/' },
			{ path: '^nodes/core/(polling|jobs|files|deployments|webhook)/' },
		),
		forbid(
			'polling-below-jobs',
			{ path: '^nodes/core/polling/' },
			{ path: '^nodes/core/(jobs|files|deployments|webhook)/' },
		),
		forbid('host-below-nodes', { path: '^nodes/(host|output)/' }, { path: '^nodes/MonsterApi' }),
		forbid(
			'package-without-tools',
			{ path: '^(nodes|credentials)/' },
			{ path: own, pathNot: '^(nodes|credentials)/' },
		),
		// An independent oracle knows nothing of the code that it checks.
		forbid('contract-is-independent', { path: '^contract/' }, { path: own, pathNot: '^contract/' }),
		forbid('emulator-without-nodes', { path: '^emulator/' }, { path: '^(nodes|credentials)/' }),
		forbid(
			'emulator-without-tests',
			{ path: '^emulator/' },
			{ path: '^(test|scripts|benchmarks)/' },
		),
		forbid('tests-without-tools', { path: '^test/' }, { path: '^(scripts|benchmarks)/' }),
		forbid('support-below-tests', { path: '^test/support/' }, { path: testSuites }),
		forbid('scripts-without-tests', { path: '^scripts/' }, { path: [testSuites, '^benchmarks/'] }),
		forbid(
			'benchmarks-without-tests',
			{ path: '^benchmarks/' },
			{ path: [testSuites, '^scripts/'] },
		),
	],
	options: {
		doNotFollow: { path: 'node_modules' },
		tsPreCompilationDeps: true,
		tsConfig: { fileName: 'tsconfig.json' },
		enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['require', 'default'] },
	},
};
