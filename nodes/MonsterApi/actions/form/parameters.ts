import type { IExecuteFunctions, IGetNodeParameterOptions } from 'n8n-workflow';

import { validationError, type MonsterApiError } from '../../../core/http/errors';
import {
	isRecord,
	isTooDeep,
	maxDepth,
	parseWhole,
	textsOf,
	type JsonRecord,
} from '../../../core/json';
import { expressionVoid, isVoid, markVoid, markVoids, storedText } from './expressionVoid';

/** The form's values for one item, each parsed into a type where it enters: an expression can return anything. */
export interface Parameters {
	/** A string, or a number as a string; empty if not set. @throws MonsterApiError for anything else */
	text(name: string, label: string): string;
	/** The same for a field that may stay empty. @throws MonsterApiError if an expression returns nothing instead */
	optionalText(name: string, label: string): string;
	/** @param fallback if not set. @throws MonsterApiError if it is neither true nor false */
	flag(name: string, label: string, fallback: boolean): boolean;
	/** @param fallback if not set. @throws MonsterApiError if it is not a number of at least `min` */
	number(name: string, label: string, fallback: number, min: number): number;
	/** @param choices the valid values, the one that counts if none is set first. @throws MonsterApiError for any other */
	choice<Choice extends string>(name: string, label: string, choices: Choices<Choice>): Choice;
	/** The value of a resource locator; empty if not set. @throws MonsterApiError if it is not a string */
	locator(name: string, label: string): string;
	/** A JSON object, or a string that contains one; empty if not set. @throws MonsterApiError for anything else */
	record(name: string, label: string): JsonRecord;
	/** The same for a collection of options, whose values have readers of their own. */
	collection(name: string, label: string): JsonRecord;
	/** A list of texts, or one of them; empty if not set. @throws MonsterApiError for anything else */
	texts(name: string, label: string): string[];
	/** The name of a binary field, or the file itself, which an expression can return. */
	binary(name: string): unknown;
}

/** The form of the action node for one item. */
export const createParameters = (
	context: Pick<IExecuteFunctions, 'getNodeParameter'>,
	itemIndex: number,
): Parameters =>
	parametersOf((name, options) => context.getNodeParameter(name, itemIndex, null, options));

/** @param getParameter n8n's helper with a fallback of null, the value of a field that the form does not show */
export function parametersOf(
	getParameter: (name: string, options: IGetNodeParameterOptions) => unknown,
): Parameters {
	// n8n's own validation knows none of these fields' types, and searches all fields for each.
	const resolve = (name: string): unknown => getParameter(name, { skipValidation: true });
	const rawOf = (name: string): unknown => getParameter(name, { rawExpressions: true });
	const read = (name: string): unknown => {
		const value = resolve(name);
		return isVoid(value) ? markVoid(value, rawOf(name)) : value;
	};
	return {
		text: (name, label) => requireText(resolve(name), label),
		optionalText: (name, label) => requireText(read(name), label),
		flag: (name, label, fallback) => readFlag(read(name), label, fallback),
		number: (name, label, fallback, min) => readNumber(read(name), label, fallback, min),
		choice: (name, label, choices) => readChoice(read(name), label, choices),
		locator: (name, label) => requireText(locatorValue(resolve(name)), label).trim(),
		record: (name, label) => readRecord(read(name), label),
		collection: (name, label) => markVoids(readRecord(read(name), label), rawOf(name)),
		texts: (name, label) => readTexts(read(name), label),
		binary: resolve,
	};
}

const emptyError = (label: string): MonsterApiError =>
	validationError(`'${label}' is empty`, 'The expression returns nothing: check it.');

/** @throws MonsterApiError for an object or a list, or if an expression returned no text at all */
export function requireText(value: unknown, label: string): string {
	if (value === undefined || value === null || value === expressionVoid.blank) return '';
	if (typeof value === 'string') return value;
	if (typeof value === 'number' || typeof value === 'boolean') return String(value);
	if (value === expressionVoid.missing) throw emptyError(label);
	throw validationError(
		`'${label}' must be a text, but is ${Array.isArray(value) ? 'a list' : 'an object'}`,
		'Check the expression.',
	);
}

/** A list of texts, or one of them; empty if not set. @throws MonsterApiError */
export function readTexts(value: unknown, label: string): string[] {
	if (value === undefined || value === null || value === '') return [];
	const list: unknown = typeof value === 'string' ? [value] : value;
	const texts = textsOf(list);
	if (Array.isArray(list) && texts.length === list.length) return texts;
	throw validationError(`'${label}' must be a list of texts`, 'Check the expression.');
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
 * The name of something that has a default name: a text that is not empty.
 * @returns `fallback` if nothing is set
 * @throws MonsterApiError
 */
export function readName(value: unknown, label: string, fallback: string): string {
	if (value === expressionVoid.blank) throw emptyError(label);
	return requireText(value, label).trim() || fallback;
}

/** The valid values of a drop-down, the default first. */
type Choices<Choice extends string> = readonly [Choice, ...Choice[]];

/**
 * One of the values of a drop-down, in any case.
 * @returns the first if nothing is set
 * @throws MonsterApiError that lists them
 */
export function readChoice<Choice extends string>(
	value: unknown,
	label: string,
	choices: Choices<Choice>,
): Choice {
	const name = readName(value, label, choices[0]).toLowerCase();
	const choice = choices.find((candidate) => candidate === name);
	if (choice !== undefined) return choice;
	throw validationError(
		`'${label}' must be one of ${choices.join(', ')}`,
		'Check the value or the expression.',
	);
}

/** The value of a resource locator, or what an expression returned instead of one. */
const locatorValue = (value: unknown): unknown =>
	isRecord(value) && Object.hasOwn(value, 'value') ? value['value'] : value;

/**
 * The value of a resource locator that may stay empty, or a plain string instead of one.
 * @throws MonsterApiError
 */
export function readLocator(value: unknown, label: string): string {
	const isLocator = isRecord(value) && Object.hasOwn(value, 'value');
	return requireText(isLocator ? storedText(value, 'value') : value, label).trim();
}

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
