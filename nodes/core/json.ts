/** A JSON object of unknown content. */
export type JsonRecord = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is JsonRecord =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** Parses JSON text; undefined if it is not JSON. */
export function parseJson(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return undefined;
	}
}

/** The string value of an own property; undefined if it is missing, empty or not a string. */
export function textOf(record: JsonRecord, key: string): string | undefined {
	const value = Object.hasOwn(record, key) ? record[key] : undefined;
	return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Deeper nesting only occurs in attempts to exhaust the stack. */
const maxDepth = 200;

/** The record with each of its strings changed and its keys unchanged. What is nested too deeply becomes null. */
export const mapTexts = (
	record: JsonRecord,
	change: (text: string) => string,
	depth = 0,
): JsonRecord =>
	Object.fromEntries(
		Object.entries(record).map(([key, value]) => [key, mapValue(value, change, depth + 1)]),
	);

function mapValue(value: unknown, change: (text: string) => string, depth: number): unknown {
	if (typeof value === 'string') return change(value);
	if (depth > maxDepth) return null;
	if (Array.isArray(value)) return value.map((entry) => mapValue(entry, change, depth + 1));
	return isRecord(value) ? mapTexts(value, change, depth) : value;
}

/** The strings of a list; other elements are skipped. */
export const textsOf = (value: unknown): string[] =>
	Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string') : [];
