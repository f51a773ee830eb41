/** A Markdown table; all columns but the first are numbers. */
export const table = (head: readonly string[], rows: ReadonlyArray<readonly string[]>): string =>
	[head, head.map((_cell, index) => (index === 0 ? '---' : '--:')), ...rows]
		.map((row) => `| ${row.join(' | ')} |`)
		.join('\n');

/** A sentence and whether it holds. */
export type Verdict = readonly [claim: string, holds: boolean];

export const list = (verdicts: readonly Verdict[]): string =>
	verdicts.map(([claim, holds]) => `- ${holds ? 'holds' : '**fails**'}: ${claim}`).join('\n');
