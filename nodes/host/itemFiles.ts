import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { validationError } from '../core/http/errors';
import { isRecord, type JsonRecord } from '../core/json';

/** The part of n8n's execute context that has the files of the input items. */
export type FileContext = Pick<
	IExecuteFunctions,
	'getInputData' | 'getWorkflowSettings' | 'helpers'
>;

/** A file that was found, not yet known to be one. */
export interface FoundFile {
	/** Where it was found, for an error message. */
	readonly place: string;
	readonly value: unknown;
	/** What to do if it is none. */
	advice(): string;
}

/** n8n's own name of such a field in every node. */
const label = "'Input Data Field Name'";

/**
 * Finds the file that the form refers to. A wrong answer of an expression is never replaced by another file.
 * @param source the name of a binary field, or the file itself, which an expression can return
 * @throws MonsterApiError that lists the files of the item
 */
export function findFile(context: FileContext, itemIndex: number, source: unknown): FoundFile {
	const isName = typeof source === 'string' || typeof source === 'number';
	if (source === undefined || source === null || (isName && String(source).trim() === '')) {
		throw validationError(`${label} is empty`, `${advice} ${listFiles(context, itemIndex)}`);
	}
	if (isName) return findByName(context, itemIndex, String(source));
	if (!isRecord(source)) {
		const shown = Array.isArray(source) ? 'a list' : `'${String(source)}'`;
		throw validationError(
			`${label} must be the name of a field, but is ${shown}`,
			`${advice} ${listFiles(context, itemIndex)}`,
		);
	}
	const isWhole = Object.hasOwn(source, 'data') || Object.hasOwn(source, 'id');
	return {
		place: label,
		// For a file in memory n8n's $binary leaves out the content.
		value: isWhole ? source : (findOriginal(context, itemIndex, source) ?? source),
		advice: () => `${advice} ${listFiles(context, itemIndex)}`,
	};
}

/** Where combined mode keeps an item's files. In n8n 1.x n8n-workflow has no name for it. */
const filesInJson = '_files';

/** The fields of an item, without its files, which only combined mode keeps among them: no other mode would pass them on. */
export function fieldsOf(context: FileContext, itemIndex: number): IDataObject {
	const fields = context.getInputData()[itemIndex]?.json ?? {};
	if (!isCombined(context)) return fields;
	return Object.fromEntries(Object.entries(fields).filter(([name]) => name !== filesInJson));
}

const advice = 'Enter the name of the field, or check the expression.';
const codeAdvice =
	"Make files in a Code node with this.helpers.prepareBinaryData(buffer, 'talk.mp3').";

function findByName(context: FileContext, itemIndex: number, name: string): FoundFile {
	const trimmed = name.trim();
	const value = valueOf(context, itemIndex, name) ?? valueOf(context, itemIndex, trimmed);
	if (value !== undefined) {
		return { place: `field '${trimmed}'`, value, advice: () => codeAdvice };
	}
	throw validationError(
		`The item has no binary file '${trimmed}'`,
		`${listFiles(context, itemIndex)} Enter the name of the field in ${label}, or check the node before.`,
	);
}

/** What the item has under a name: in its binary fields, or in its JSON (combined mode). */
function valueOf(context: FileContext, itemIndex: number, name: string): unknown {
	try {
		return context.helpers.assertBinaryData(itemIndex, name);
	} catch {
		// In combined mode n8n takes only objects with a type for files, but Code nodes may leave it out.
		return isCombined(context) ? valueAt(jsonOf(context, itemIndex), name) : undefined;
	}
}

const valueAt = (json: unknown, path: string): unknown =>
	path
		.split(/[.[\]]+/)
		.filter((key) => key !== '')
		.reduce<unknown>(
			(value, key) =>
				typeof value === 'object' && value !== null && Object.hasOwn(value, key)
					? Reflect.get(value, key)
					: undefined,
			json,
		);

const isCombined = (context: FileContext): boolean =>
	context.getWorkflowSettings().binaryMode === 'combined';

const jsonOf = (context: FileContext, itemIndex: number): unknown =>
	context.getInputData()[itemIndex]?.json;

const binariesOf = (context: FileContext, itemIndex: number): JsonRecord =>
	context.getInputData()[itemIndex]?.binary ?? {};

/** The file of the item that has exactly the facts of a copy; undefined if there are several different ones. */
function findOriginal(context: FileContext, itemIndex: number, copy: JsonRecord): unknown {
	const [first, ...others] = Object.values(binariesOf(context, itemIndex))
		.filter(isRecord)
		.filter((file) => Object.keys(copy).length > 0 && hasSameFacts(file, copy));
	return others.every((file) => file['data'] === first?.['data']) ? first : undefined;
}

function hasSameFacts(file: JsonRecord, copy: JsonRecord): boolean {
	const keys = Object.keys(file).filter((key) => key !== 'data');
	return (
		keys.length === Object.keys(copy).length && keys.every((key) => Object.is(file[key], copy[key]))
	);
}

const maxListed = 20;
/** Files of an item's JSON that are nested deeper are not listed. */
const maxListedDepth = 4;

/** A sentence with the names of the item's files. */
function listFiles(context: FileContext, itemIndex: number): string {
	const names = isCombined(context)
		? filePaths(jsonOf(context, itemIndex), maxListedDepth)
		: Object.keys(binariesOf(context, itemIndex));
	if (names.length === 0) return 'This item has no files.';
	const more = names.length > maxListed ? ', …' : '';
	return `This item has: ${names.slice(0, maxListed).join(', ')}${more}.`;
}

/** The paths of the files in an item's JSON, as n8n takes them. */
function filePaths(value: unknown, depth: number): string[] {
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).flatMap(([key, entry]) => {
		if (isRecord(entry) && 'mimeType' in entry && ('data' in entry || 'id' in entry)) return [key];
		return depth === 0 ? [] : filePaths(entry, depth - 1).map((path) => `${key}.${path}`);
	});
}
