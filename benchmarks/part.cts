import type { Verdict } from './table.cjs';

export interface Outcome {
	/** The first claim is that all results are correct; the others are about performance. */
	readonly verdicts: readonly Verdict[];
	/** The figures as Markdown. */
	readonly page: string;
	/** A plot. */
	readonly svg?: string;
	/** Not used. */
	readonly figures?: unknown;
}

/** A part of the benchmark, with a page of its own. */
export interface Part {
	readonly title: string;
	readonly intro: string;
	/** @param quick only checks that everything works; its figures mean nothing */
	run(quick: boolean): Promise<Outcome>;
}
