/**
 * Lint of tests, scripts, benchmarks and emulator (*.cts). n8n's configuration (eslint.config.mjs) covers only *.ts, and
 * must not be changed. The rules about regular expressions apply to all code, the gateway's (*.mts) included.
 */
import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';

export default tseslint.config(
	{ ignores: ['dist/', 'coverage/', 'gateway/{dist,node_modules}/', '**/*.{js,cjs,mjs}'] },
	{
		// Text from outside must not block n8n: what is found here takes at least quadratic time.
		files: ['**/*.{ts,cts,mts}'],
		plugins: { regexp },
		languageOptions: { parser: tseslint.parser },
		rules: {
			'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
			'regexp/no-super-linear-move': ['error', { report: 'potential', ignorePartial: false }],
		},
	},
	{
		// Their own lint knows the rules that they disable.
		files: ['**/*.{ts,mts}'],
		linterOptions: { reportUnusedDisableDirectives: 'off' },
	},
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
);
