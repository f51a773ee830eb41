/** Lint of the gateway, with the types of its own packages: they have to be installed (npm ci). */
import tseslint from 'typescript-eslint';

export default tseslint.config(
	{ ignores: ['**/dist/', '**/*.{js,mjs,cjs}'] },
	{
		files: ['**/*.mts'],
		extends: [tseslint.configs.strictTypeChecked],
		languageOptions: {
			parserOptions: { project: 'tsconfig.json', tsconfigRootDir: import.meta.dirname },
		},
		linterOptions: { reportUnusedDisableDirectives: 'error' },
		rules: {
			// A number in a message has only one form.
			'@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
			// `() => list.push(one)` and `return other()` are the usual shorthands where there is no result.
			'@typescript-eslint/no-confusing-void-expression': [
				'error',
				{ ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
			],
			// The only form in which a global of the runtime can be declared.
			'@typescript-eslint/no-namespace': ['error', { allowDeclarations: true }],
			// node:test waits for its tests by itself.
			'@typescript-eslint/no-floating-promises': [
				'error',
				{
					allowForKnownSafeCalls: [
						{ from: 'package', package: 'node:test', name: ['describe', 'it', 'test', 'suite'] },
					],
				},
			],
			// Callbacks and interfaces often require a promise where nothing is awaited.
			'@typescript-eslint/require-await': 'off',
			// A leading underscore marks what has to be named but is not used.
			'@typescript-eslint/no-unused-vars': [
				'error',
				{ argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' },
			],
		},
	},
);
