/**
 * Mutation testing: `npm run test:mutation -- --mutate nodes/core/http/client.ts`. `MUTATION_TESTS=retries,attempts` runs
 * only those test files, which saves most of the time. Not part of CI: all of nodes/core takes hours. docs/mutation.md has
 * the last figures.
 */
import jestConfig from './jest.config.cjs';

const unit = jestConfig.projects.find(({ displayName }) => displayName === 'unit');
const tests = (process.env.MUTATION_TESTS ?? '**/*').split(',');
const folder = '.mutation';

export default {
	mutate: ['nodes/core/**/*.ts'],
	testRunner: 'jest',
	jest: {
		config: {
			...unit,
			projects: [],
			testMatch: tests.map((name) => `<rootDir>/test/unit/core/${name}.test.cts`),
		},
	},
	coverageAnalysis: 'perTest',
	// What runs only once, as a module is loaded, would take all tests for each mutant.
	ignoreStatic: true,
	concurrency: 2,
	dryRunTimeoutMinutes: 30,
	// A mutant that loops for ever counts as killed; a busy machine must not look like one.
	timeoutMS: 10_000,
	incremental: true,
	incrementalFile: `${folder}/incremental.json`,
	tempDirName: `${folder}/sandbox`,
	jsonReporter: { fileName: `${folder}/report.json` },
	reporters: ['clear-text', 'json'],
	clearTextReporter: { allowColor: false, logTests: false },
	ignorePatterns: ['dist', 'gateway', 'benchmarks', 'docs', 'demo-output', 'coverage', '.dev'],
};
