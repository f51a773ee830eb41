import type { FileRule, Schema } from './document.cjs';
import { problemsOf } from './schema-validator.cjs';

/** A file in a multipart body. */
export interface FilePart {
	readonly field: string;
	readonly name: string;
	/** Bytes. */
	readonly size: number;
}

type Values = Readonly<Record<string, unknown>>;

export interface CheckedBody {
	/** The declared properties after normalisation, without file parts. */
	readonly values: Values;
	/** What is wrong, in sentences; answered with 400. */
	readonly problems: readonly string[];
	/** Whether the model does not read a file of this kind; answered with 415. */
	readonly unsupportedMedia: boolean;
}

/**
 * Checks the body of a generate call, JSON or multipart.
 * @param fields JSON properties or text parts
 */
export function checkBody(schema: Schema, fields: Values, files: readonly FilePart[]): CheckedBody {
	const normalised = normalise(schema, fields);
	const ignored = Object.entries(schema.properties ?? {})
		.filter(([, { 'x-file': rule }]) => rule !== undefined && !isRead(rule, normalised))
		.map(([name]) => name);
	const values = Object.fromEntries(
		Object.entries(normalised).filter(([name]) => !ignored.includes(name)),
	);

	const parts = files.filter(({ field }) => {
		const rule = schema.properties?.[field]?.['x-file'];
		return rule !== undefined && !ignored.includes(field);
	});
	// A file part counts as present: any URL will do to say so.
	const present = parts.map(({ field }) => [field, 'https://multipart.invalid/']);
	const problems = [
		...problemsOf(schema, { ...values, ...Object.fromEntries(present) }),
		...parts.flatMap((part) => sizeProblems(part, schema.properties?.[part.field]?.['x-file'])),
	];
	const named = [...parts, ...linkedFiles(schema, values)];
	const unsupportedMedia = named.some(({ field, name }) => {
		const extensions = schema.properties?.[field]?.['x-file']?.extensions ?? [];
		return !extensions.includes(extensionOf(name) ?? '');
	});
	return { values, problems, unsupportedMedia };
}

/** Turns loosely typed values into what the schema describes; README.md, `x-loose-types`. */
function normalise(schema: Schema, fields: Values): Record<string, unknown> {
	const { properties = {}, required = [], 'x-loose-types': loose = false } = schema;
	const declared = Object.entries(fields).filter(
		([name]) => schema.properties === undefined || Object.hasOwn(properties, name),
	);
	if (!loose) return Object.fromEntries(declared);
	return Object.fromEntries(
		declared
			.filter(([name, value]) => required.includes(name) || !isUnset(value))
			.map(([name, value]) => [name, typed(properties[name]?.type, value)]),
	);
}

const isUnset = (value: unknown) =>
	value === null || (typeof value === 'string' && /^(none)?$/i.test(value.trim()));

function typed(type: Schema['type'], value: unknown): unknown {
	if (type === 'string') {
		return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
	}
	if (typeof value !== 'string') return value;
	const text = value.trim();
	if (type === 'boolean' && /^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
	const isNumeric = /^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i.test(text);
	return (type === 'integer' || type === 'number') && isNumeric ? Number(text) : value;
}

const isRead = ({ enabledBy }: FileRule, values: Values) =>
	enabledBy === undefined || values[enabledBy] === true;

function sizeProblems({ field, size }: FilePart, rule: FileRule | undefined): string[] {
	if (size === 0) return [`${field} is empty`];
	const maxBytes = rule?.maxBytes ?? Infinity;
	return size <= maxBytes
		? []
		: [`${field} has ${size} bytes, the limit is ${maxBytes / 1024 / 1024} MB`];
}

/** The files that URLs name. A URL without an extension is left out: its content is only seen later. */
function linkedFiles(schema: Schema, values: Values) {
	return Object.entries(values).flatMap(([field, value]) => {
		const isFile = schema.properties?.[field]?.['x-file'] !== undefined;
		if (!isFile || typeof value !== 'string' || !URL.canParse(value)) return [];
		const name = new URL(value).pathname.split('/').at(-1) ?? '';
		return extensionOf(name) === undefined ? [] : [{ field, name }];
	});
}

const extensionOf = (name: string) => /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase();
