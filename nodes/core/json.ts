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

/** The same record with each of its texts changed, at whatever depth; its keys stay. */
export const mapTexts = (record: JsonRecord, change: (text: string) => string): JsonRecord =>
	Object.fromEntries(Object.entries(record).map(([key, value]) => [key, mapValue(value, change)]));

function mapValue(value: unknown, change: (text: string) => string): unknown {
	if (typeof value === 'string') return change(value);
	if (Array.isArray(value)) return value.map((entry) => mapValue(entry, change));
	return isRecord(value) ? mapTexts(value, change) : value;
}

/** Every text of a list; anything else in it is passed over. */
export const textsOf = (value: unknown): string[] =>
	Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string') : [];
