const shared = {
	testEnvironment: 'node',
	moduleFileExtensions: ['ts', 'cts', 'js', 'cjs', 'json', 'node'],
	transform: {
		'^.+\\.c?ts$': [
			'@swc/jest',
			{ jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
		],
	},
	// TypeScript names a .cts file by the .cjs it would become.
	moduleNameMapper: { '^(\\.{1,2}/.+)\\.cjs$': ['$1.cts', '$1.cjs'] },
};

module.exports = {
	// Nothing here is about speed: a busy machine must not fail a test.
	testTimeout: 60_000,
	// Each file leaves some memory behind: one process for all of them would need more than 4 GB.
	maxWorkers: 2,
	workerIdleMemoryLimit: '1GB',
	projects: ['unit', 'engine', 'package'].map((name) => ({
		...shared,
		displayName: name,
		testMatch: [`<rootDir>/test/${name}/**/*.test.cts`],
		...(name === 'engine' && {
			testEnvironment: '<rootDir>/test/support/engine/environment.cjs',
			globalSetup: '<rootDir>/test/support/engine/gateway-set-up.cjs',
			globalTeardown: '<rootDir>/test/support/engine/gateway-tear-down.cjs',
		}),
	})),
	reporters: ['default', '<rootDir>/test/support/engine/emulator-only-reporter.cjs'],
};
