import type { IExecuteFunctions } from 'n8n-workflow';

import { MonsterApiError } from '../../core/api/errors';
import { isRecord, parseJson, type JsonRecord } from '../../core/json';

/** A form's values for one item, each read into a type where it enters. Expressions can bring anything. */
export interface Parameters {
	/** A text; numbers count as text, everything else as empty. */
	text(name: string): string;
	flag(name: string): boolean;
	/** A collection; empty when it is none. */
	collection(name: string): JsonRecord;
	/** @throws MonsterApiError when it is no JSON object */
	json(name: string, label: string): JsonRecord;
}

export const createParameters = (
	context: Pick<IExecuteFunctions, 'getNodeParameter'>,
	itemIndex: number,
): Parameters => {
	// A field that the form does not show now has no value: then n8n wants a fallback.
	const read = (name: string): unknown => context.getNodeParameter(name, itemIndex, null);
	return {
		text: (name) => readText(read(name)),
		flag: (name) => readFlag(read(name)),
		collection: (name) => {
			const value = read(name);
			return isRecord(value) ? value : {};
		},
		json: (name, label) => readJson(read(name), label),
	};
};

export function readText(value: unknown): string {
	if (typeof value === 'string') return value;
	return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

export const readFlag = (value: unknown): boolean =>
	value === true || (typeof value === 'string' && value.trim().toLowerCase() === 'true');

/** What a resource locator points at, or a plain text in its place. */
export const readLocator = (value: unknown): string =>
	readText(isRecord(value) ? value['value'] : value).trim();

/**
 * A JSON object: an object from an expression, or text from the editor. Empty text is an empty object.
 * @throws MonsterApiError
 */
export function readJson(value: unknown, label: string): JsonRecord {
	if (value === undefined || value === null || value === '') return {};
	const read = typeof value === 'string' ? parseJson(value) : value;
	if (isRecord(read)) return read;
	throw new MonsterApiError(`${label} is not a JSON object`, {
		advice:
			'Write it as { "name": value } with double quotes, or use an expression that gives an object.',
		retryable: false,
	});
}

/**
 * A number of at least `min`; text from an expression counts when it is one.
 * @returns `fallback` when nothing was given
 * @throws MonsterApiError
 */
export function readNumber(value: unknown, label: string, fallback: number, min: number): number {
	if (value === undefined || value === null || value === '') return fallback;
	const read = typeof value === 'string' ? Number(value) : value;
	if (typeof read === 'number' && Number.isFinite(read) && read >= min) return read;
	throw new MonsterApiError(`${label} takes a number of at least ${min}`, {
		advice: 'Change it in the options of the node.',
		retryable: false,
	});
}
