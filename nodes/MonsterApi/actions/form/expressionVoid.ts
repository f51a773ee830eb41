import { isRecord, type JsonRecord } from '../../../core/json';

/**
 * What an expression returned instead of a value. A field that is not set has its default, but an expression that returns
 * nothing is a wrong answer, which no default may replace: readers refuse it, unless an empty value is a valid one.
 */
export const expressionVoid = {
	/** undefined or null: most likely a name is wrong. */
	missing: Symbol('missing'),
	/** A text without characters, such as an empty cell of a table. */
	blank: Symbol('blank'),
} as const;

/** Whether a value says nothing. */
export const isVoid = (value: unknown): value is undefined | null | string =>
	value === undefined || value === null || (typeof value === 'string' && value.trim() === '');

/** @param value that says nothing. @param raw the same as it is stored in the workflow */
export const markVoid = (value: undefined | null | string, raw: unknown): unknown => {
	if (!isExpression(raw)) return value;
	return typeof value === 'string' ? expressionVoid.blank : expressionVoid.missing;
};

/** The same for the values of a collection, which may be an expression as a whole. */
export const markVoids = (values: JsonRecord, raw: unknown): JsonRecord =>
	Object.fromEntries(
		Object.entries(values).map(([name, value]) => [
			name,
			isVoid(value) ? markVoid(value, isRecord(raw) ? raw[name] : raw) : value,
		]),
	);

/** A text that the form always stores as one: only an expression returns undefined or null for it. */
export const storedText = (record: JsonRecord, name: string): unknown =>
	Object.hasOwn(record, name) ? (record[name] ?? expressionVoid.missing) : undefined;

const isExpression = (raw: unknown): boolean => typeof raw === 'string' && raw.startsWith('=');
