/** A JSON object of unknown content. */
export type JsonRecord = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is JsonRecord =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** Levels of nesting that are read. Deeper ones only occur in attempts to exhaust the stack. */
export const maxDepth = 200;

/** Parses JSON text; undefined if it is not JSON. What is nested too deeply becomes null. */
export const parseJson = (text: string): unknown => limitDepth(parseWhole(text));

/** Parses JSON text of any depth, which no recursive function may be given; undefined if it is not JSON. */
export function parseWhole(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return undefined;
	}
}

/** The value, with null for what is nested too deeply. */
export const limitDepth = (value: unknown): unknown =>
	isTooDeep(value) ? cut(value, maxDepth) : value;

/** Whether a value has more than 200 levels, or contains itself. */
export const isTooDeep = (value: unknown, levels = maxDepth): boolean =>
	isContainer(value) &&
	(levels === 0 || Object.values(value).some((entry) => isTooDeep(entry, levels - 1)));

/** A date, for example, becomes a text in JSON. */
const isContainer = (value: unknown): value is object =>
	typeof value === 'object' && value !== null && typeof Reflect.get(value, 'toJSON') !== 'function';

function cut(value: unknown, levels: number): unknown {
	if (!isContainer(value)) return value;
	if (levels === 0) return null;
	if (Array.isArray(value)) return value.map((entry) => cut(entry, levels - 1));
	return Object.fromEntries(
		Object.entries(value).map(([key, entry]) => [key, cut(entry, levels - 1)]),
	);
}

/** The string value of an own property; undefined if it is missing, empty or not a string. */
export function textOf(record: JsonRecord, key: string): string | undefined {
	const value = Object.hasOwn(record, key) ? record[key] : undefined;
	return typeof value === 'string' && value !== '' ? value : undefined;
}

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
