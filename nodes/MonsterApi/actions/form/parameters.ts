import type { IExecuteFunctions } from 'n8n-workflow';

import { validationError } from '../../../core/http/errors';
import { isRecord, isTooDeep, maxDepth, parseWhole, type JsonRecord } from '../../../core/json';

/** The form's values for one item, each parsed into a type where it enters: an expression can return anything. */
export interface Parameters {
	/** A string, or a number as a string; empty if not set. @throws MonsterApiError for anything else */
	text(name: string, label: string): string;
	/** @param fallback if an expression returns nothing. @throws MonsterApiError if it is neither true nor false */
	flag(name: string, label: string, fallback: boolean): boolean;
	/** The value of a resource locator; empty if not set. @throws MonsterApiError if it is not a string */
	locator(name: string, label: string): string;
	/** A JSON object, or a string that contains one; empty if not set. @throws MonsterApiError for anything else */
	record(name: string, label: string): JsonRecord;
	/** The name of a binary field, or the file itself, which an expression can return. */
	binary(name: string): unknown;
}

export const createParameters = (
	context: Pick<IExecuteFunctions, 'getNodeParameter'>,
	itemIndex: number,
): Parameters => {
	// A field that the form does not show has no value, and n8n then requires a fallback. Its own validation is skipped: it
	// knows none of these fields' types, and searches all fields for each.
	const read = (name: string): unknown =>
		context.getNodeParameter(name, itemIndex, null, { skipValidation: true });
	return {
		text: (name, label) => requireText(read(name), label),
		flag: (name, label, fallback) => readFlag(read(name), label, fallback),
		locator: (name, label) => readLocator(read(name), label),
		record: (name, label) => readRecord(read(name), label),
		binary: (name) => {
			const value = read(name);
			return isRecord(value) ? value : readText(value).trim() || 'data';
		},
	};
};

/** A string, or a number or boolean as a string; anything else is empty. */
export function readText(value: unknown): string {
	if (typeof value === 'string') return value;
	return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** @throws MonsterApiError for an object or a list */
export function requireText(value: unknown, label: string): string {
	if (typeof value !== 'object' || value === null) return readText(value);
	throw validationError(
		`'${label}' must be a text, but is ${Array.isArray(value) ? 'a list' : 'an object'}`,
		'Check the expression.',
	);
}

/** @throws MonsterApiError */
export function readFlag(value: unknown, label: string, fallback: boolean): boolean {
	if (value === undefined || value === null || value === '') return fallback;
	const normalized = typeof value === 'string' ? value.trim().toLowerCase() : value;
	if (normalized === true || normalized === 'true') return true;
	if (normalized === false || normalized === 'false') return false;
	throw validationError(`'${label}' must be true or false`, 'Check the expression.');
}

/**
 * The value of a resource locator, or a plain string instead of one.
 * @throws MonsterApiError
 */
export const readLocator = (value: unknown, label: string): string =>
	requireText(isRecord(value) ? value['value'] : value, label).trim();

/**
 * A JSON object: an object from an expression, or a string from the editor. An empty string is an empty object.
 * @throws MonsterApiError
 */
export function readRecord(value: unknown, label: string): JsonRecord {
	if (value === undefined || value === null) return {};
	if (typeof value === 'string' && value.trim() === '') return {};
	const parsed = typeof value === 'string' ? parseWhole(value) : value;
	if (isTooDeep(parsed)) {
		throw validationError(
			`'${label}' is nested more than ${maxDepth} levels deep`,
			'Check the expression: nothing was sent.',
		);
	}
	if (isRecord(parsed)) return parsed;
	throw validationError(
		`'${label}' must be a JSON object`,
		'Write it as { "name": value } with double quotes, or use an expression that returns an object.',
	);
}

/**
 * A number of at least `min`, or a string that contains one.
 * @returns `fallback` if nothing is set
 * @throws MonsterApiError
 */
export function readNumber(value: unknown, label: string, fallback: number, min: number): number {
	const trimmed = typeof value === 'string' ? value.trim() : value;
	if (trimmed === undefined || trimmed === null || trimmed === '') return fallback;
	const parsed = typeof trimmed === 'string' ? Number(trimmed) : trimmed;
	if (typeof parsed === 'number' && Number.isFinite(parsed) && parsed >= min) return parsed;
	throw validationError(
		`'${label}' must be a number of at least ${min}`,
		'Check the value or the expression.',
	);
}
