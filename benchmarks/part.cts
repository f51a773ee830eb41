import type { Verdict } from './table.cjs';

/** What a part of the benchmark found. */
export interface Outcome {
	/** The first is whether all came out right; the others are about speed. */
	readonly verdicts: readonly Verdict[];
	readonly figures: unknown;
	/** As Markdown. */
	readonly page: string;
	/** A plot. */
	readonly svg?: string;
}

export interface Part {
	readonly title: string;
	readonly intro: string;
	/** @param quick only to see that all works, with figures that mean nothing */
	run(quick: boolean): Promise<Outcome>;
}
