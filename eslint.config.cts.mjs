/**
 * Lint of tests, scripts, benchmarks and emulator (*.cts). n8n's configuration (eslint.config.mjs) covers only *.ts, and
 * must not be changed.
 */
import tseslint from 'typescript-eslint';

const off = (...names) =>
	Object.fromEntries(names.map((name) => [`@typescript-eslint/${name}`, 'off']));

/** Findings that are still to be fixed, by folder. Nothing may be added. */
const pending = [
	{ files: ['emulator/**'], rules: off('no-base-to-string', 'no-confusing-void-expression') },
	{ files: ['benchmarks/waiting/**'], rules: off('no-non-null-assertion') },
	{
		files: ['test/engine/**', 'test/support/engine/**', 'test/support/fakes/**'],
		rules: off(
			'no-base-to-string',
			'no-require-imports',
			'no-unnecessary-condition',
			'no-unnecessary-template-expression',
			'no-unnecessary-type-assertion',
			'no-unnecessary-type-conversion',
			'no-unsafe-argument',
			'no-unsafe-assignment',
			'no-unsafe-function-type',
			'no-unsafe-member-access',
			'restrict-template-expressions',
		),
	},
	{
		files: ['test/unit/core/**'],
		rules: off('no-unsafe-argument', 'no-unsafe-member-access', 'prefer-promise-reject-errors'),
	},
	{
		files: ['test/unit/emulator/**'],
		rules: off(
			'no-unsafe-argument',
			'no-unsafe-assignment',
			'no-unsafe-call',
			'no-unsafe-member-access',
			'no-unsafe-return',
		),
	},
	{ files: ['test/unit/host/**'], rules: off('no-deprecated') },
];

export default tseslint.config(
	{ ignores: ['dist/', 'coverage/', 'gateway/', '**/*.{ts,js,cjs,mjs}'] },
	{
		files: ['**/*.cts'],
		extends: [tseslint.configs.strictTypeChecked],
		languageOptions: {
			parserOptions: { project: 'test/tsconfig.json', tsconfigRootDir: import.meta.dirname },
		},
		linterOptions: { reportUnusedDisableDirectives: 'error' },
		rules: {
			// A number in a message has only one form.
			'@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
			// `() => list.push(one)` is the usual shorthand for a callback without a result.
			'@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
			// Callbacks and interfaces often require a promise where nothing is awaited.
			'@typescript-eslint/require-await': 'off',
			// A leading underscore marks what has to be named but is not used.
			'@typescript-eslint/no-unused-vars': [
				'error',
				{ argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' },
			],
		},
	},
	{
		// Jest's asymmetric matchers, such as `expect.any(String)`, are typed as `any`.
		files: ['test/**/*.test.cts'],
		rules: { '@typescript-eslint/no-unsafe-assignment': 'off' },
	},
	{
		// The methods that tests take out of objects are closures without `this`.
		files: ['test/**/*.cts'],
		rules: { '@typescript-eslint/unbound-method': 'off' },
	},
	...pending,
);
