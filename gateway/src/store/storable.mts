type Json = Readonly<Record<string, unknown>>;

/** PostgreSQL's JSON takes neither null characters nor halves of surrogate pairs: both become U+FFFD, in names too. */
export function storable(value: Json): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(value).map(([name, each]) => [storableText(name), storableValue(each)]),
	);
}

export const isStorableText = (text: string): boolean => storableText(text) === text;

const storableText = (text: string): string => text.toWellFormed().replaceAll('\0', '\ufffd');

function storableValue(value: unknown): unknown {
	if (typeof value === 'string') return storableText(value);
	if (Array.isArray(value)) return value.map(storableValue);
	return typeof value === 'object' && value !== null ? storable({ ...value }) : value;
}
