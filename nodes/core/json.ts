/** A JSON object of unknown content. */
export type JsonRecord = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is JsonRecord =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** Parses JSON text; anything that is not JSON gives undefined. */
export function parseJson(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return undefined;
	}
}

/** The text of an own property, or undefined when it is missing, empty or no text. */
export function textOf(record: JsonRecord, key: string): string | undefined {
	const value = Object.hasOwn(record, key) ? record[key] : undefined;
	return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Nobody nests as deeply but to exhaust the stack. */
const deepest = 200;

/** The same record with each of its texts changed, and its keys as they are. What lies too deep is left out. */
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
	if (depth > deepest) return null;
	if (Array.isArray(value)) return value.map((entry) => mapValue(entry, change, depth + 1));
	return isRecord(value) ? mapTexts(value, change, depth) : value;
}

/** Every text of a list; anything else in it is passed over. */
export const textsOf = (value: unknown): string[] =>
	Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string') : [];
