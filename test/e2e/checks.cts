import { isDeepStrictEqual } from 'node:util';

import { demand } from '../../scripts/demo/assert.cjs';

export { demand };

/** Counts what passed and failed, and prints one line for each. */
export interface Checks {
	readonly passed: number;
	readonly failed: number;
	/** Runs one check. What it throws is its failure; the text that it may return is printed as a note. */
	check(name: string, work: () => Promise<string | void>): Promise<void>;
}

export function createChecks(): Checks {
	let passed = 0;
	let failed = 0;
	return {
		get passed() {
			return passed;
		},
		get failed() {
			return failed;
		},
		async check(name, work) {
			const before = Date.now();
			const line = (mark: string, note: string | void) => {
				const seconds = ((Date.now() - before) / 1000).toFixed(1);
				console.log(`${mark.padEnd(6)} ${name}${note ? `: ${note}` : ''} (${seconds} s)`);
			};
			try {
				const note = await work();
				passed += 1;
				line('ok', note);
			} catch (error) {
				failed += 1;
				line('FAILED', error instanceof Error ? error.message : String(error));
			}
		},
	};
}

/** Throws both values unless they are the same in depth. */
export function same(what: string, actual: unknown, expected: unknown): void {
	const shown = (value: unknown) => JSON.stringify(value)?.slice(0, 600);
	demand(
		isDeepStrictEqual(actual, expected),
		`${what}: ${shown(expected)} expected, it is ${shown(actual)}`,
	);
}
