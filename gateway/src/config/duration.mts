const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

export const durationPattern = '^\\d+(ms|s|m|h|d)$';

/** `30m` → 1800000. The text matches `durationPattern`: the schema has seen to that. */
export function parseDuration(text: string): number {
	const match = /^(\d+)(ms|s|m|h|d)$/.exec(text);
	const unit = match?.[2];
	if (match === null || !isUnit(unit)) throw new RangeError(`Not a duration: ${text}`);
	return Number(match[1]) * unitMs[unit];
}

function isUnit(text: string | undefined): text is keyof typeof unitMs {
	return text !== undefined && text in unitMs;
}
