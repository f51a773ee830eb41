/** A Markdown table; every column but the first is right-aligned. */
export const table = (head: readonly string[], rows: ReadonlyArray<readonly string[]>): string =>
	[head, head.map((_cell, index) => (index === 0 ? '---' : '--:')), ...rows]
		.map((row) => `| ${row.join(' | ')} |`)
		.join('\n');

/** The element at an index. @throws RangeError when there is none */
export function cell<T>(row: readonly T[], index: number): T {
	const found = row[index];
	if (found === undefined) throw new RangeError(`No cell ${index}`);
	return found;
}

/** A claim and whether it holds. */
export type Verdict = readonly [claim: string, holds: boolean];

export const list = (verdicts: readonly Verdict[]): string =>
	verdicts.map(([claim, holds]) => `- ${holds ? 'holds' : '**fails**'}: ${claim}`).join('\n');
