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

/** Every text of a list; anything else in it is passed over. */
export const textsOf = (value: unknown): string[] =>
	Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string') : [];
