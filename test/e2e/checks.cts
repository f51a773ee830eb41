import assert from 'node:assert/strict';
import { inspect, isDeepStrictEqual } from 'node:util';

/** Counts passed and failed checks, and prints one line for each. */
export interface Checks {
	readonly passed: number;
	readonly failed: number;
	/** Runs one check. An error is its failure; a returned text is printed as a note. */
	readonly check: (name: string, work: () => Promise<unknown>) => Promise<void>;
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
			const startedAt = Date.now();
			const print = (mark: string, note: unknown) => {
				const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
				const suffix = typeof note === 'string' ? `: ${note}` : '';
				console.log(`${mark.padEnd(6)} ${name}${suffix} (${seconds} s)`);
			};
			try {
				const note = await work();
				passed += 1;
				print('ok', note);
			} catch (error) {
				failed += 1;
				print('FAILED', error instanceof Error ? error.message : String(error));
			}
		},
	};
}

/** Throws both values unless they are deeply equal. */
export function expectEqual(label: string, actual: unknown, expected: unknown): void {
	const shown = (value: unknown) =>
		inspect(value, { depth: null, breakLength: Infinity }).slice(0, 600);
	assert(
		isDeepStrictEqual(actual, expected),
		`${label}: expected ${shown(expected)}, got ${shown(actual)}`,
	);
}

/** The message of a promise's error; throws when there is none. */
export async function rejection(promise: Promise<unknown>): Promise<string> {
	try {
		await promise;
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	}
	throw new Error('an error was expected');
}
