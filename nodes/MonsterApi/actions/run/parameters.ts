import type { IExecuteFunctions } from 'n8n-workflow';

import { validationError } from '../../../core/http/errors';
import { isRecord, parseJson, type JsonRecord } from '../../../core/json';

/** A form's values for one item, each read into a type where it enters. Expressions can bring anything. */
export interface Parameters {
	/** A text, or a number as text; empty when there is nothing. @throws MonsterApiError for anything else */
	text(name: string, label: string): string;
	/** @param fallback for an expression that gives nothing. @throws MonsterApiError when it is neither yes nor no */
	flag(name: string, label: string, fallback: boolean): boolean;
	/** What a resource locator points at; empty when it is nothing. @throws MonsterApiError when that is no text */
	locator(name: string, label: string): string;
	/** A JSON object, or text that holds one; empty when there is nothing. @throws MonsterApiError for anything else */
	record(name: string, label: string): JsonRecord;
	/** The name of a binary field, or the file itself, as an expression can give it. */
	binary(name: string): unknown;
}

export const createParameters = (
	context: Pick<IExecuteFunctions, 'getNodeParameter'>,
	itemIndex: number,
): Parameters => {
	// A field that the form does not show now has no value: then n8n wants a fallback. n8n's own validation knows none of
	// our fields' types, and looks through all fields for each.
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

/** A text, or a number or boolean as text; everything else is empty. */
export function readText(value: unknown): string {
	if (typeof value === 'string') return value;
	return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** @throws MonsterApiError for an object or a list */
export function requireText(value: unknown, label: string): string {
	if (typeof value !== 'object' || value === null) return readText(value);
	throw validationError(
		`${label} is ${Array.isArray(value) ? 'a list' : 'an object'}, not a text`,
		'Check the expression.',
	);
}

/** @throws MonsterApiError */
export function readFlag(value: unknown, label: string, fallback: boolean): boolean {
	if (value === undefined || value === null || value === '') return fallback;
	const word = typeof value === 'string' ? value.trim().toLowerCase() : value;
	if (word === true || word === 'true') return true;
	if (word === false || word === 'false') return false;
	throw validationError(`${label} takes true or false`, 'Check the expression.');
}

/**
 * What a resource locator points at, or a plain text in its place.
 * @throws MonsterApiError
 */
export const readLocator = (value: unknown, label: string): string =>
	requireText(isRecord(value) ? value['value'] : value, label).trim();

/**
 * A JSON object: an object from an expression, or text from the editor. Empty text is an empty object.
 * @throws MonsterApiError
 */
export function readRecord(value: unknown, label: string): JsonRecord {
	if (value === undefined || value === null) return {};
	if (typeof value === 'string' && value.trim() === '') return {};
	const read = typeof value === 'string' ? parseJson(value) : value;
	if (isRecord(read)) return read;
	throw validationError(
		`${label} is not a JSON object`,
		'Write it as { "name": value } with double quotes, or use an expression that gives an object.',
	);
}

/**
 * A number of at least `min`; text from an expression counts when it is one.
 * @returns `fallback` when nothing was given
 * @throws MonsterApiError
 */
export function readNumber(value: unknown, label: string, fallback: number, min: number): number {
	const given = typeof value === 'string' ? value.trim() : value;
	if (given === undefined || given === null || given === '') return fallback;
	const read = typeof given === 'string' ? Number(given) : given;
	if (typeof read === 'number' && Number.isFinite(read) && read >= min) return read;
	throw validationError(
		`${label} takes a number of at least ${min}`,
		'Change it in the options of the node.',
	);
}
