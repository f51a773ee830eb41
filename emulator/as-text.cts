/** A JSON value as the text that a model reads: text as it is, nothing as no text, anything else as JSON. */
export function asText(value: unknown): string {
	if (value === undefined || value === null) return '';
	return typeof value === 'string' ? value : JSON.stringify(value);
}
