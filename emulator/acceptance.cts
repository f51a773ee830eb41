import { checkInputs, readValue } from '../nodes/core/catalogue/validate';
import type { FileInput, Model } from '../nodes/core/catalogue/index';
import type { Body } from './body.cjs';
import type { ReceivedFile } from './job.cjs';
import { Refusal } from './refusal.cjs';

export interface Accepted {
	readonly inputs: Readonly<Record<string, unknown>>;
	readonly file?: ReceivedFile;
}

/**
 * Checks a body against the catalogue. Fields that the model lacks are ignored, as the service does.
 * @throws Refusal: 400 for a missing or wrong input, 415 for a file that the model does not read
 */
export function accept(model: Model, { fields, files }: Body): Accepted {
	const given = Object.fromEntries(
		Object.entries(fields).filter(([name, value]) => name === 'prompt' || !isUnset(value)),
	);
	const { inputs, problems } = checkInputs(model, given);
	if (problems.length > 0) throw invalid(problems.join('; '));
	const checked: Record<string, unknown> = { ...inputs };
	if (model.promptRequired) checked['prompt'] = promptOf(given['prompt']);
	if (model.file === undefined) return { inputs: checked };

	const { parameter, enabledBy } = model.file;
	if (enabledBy !== undefined) checked[enabledBy] = switchOf(enabledBy, given[enabledBy]);
	const file = fileOf(model.file, given[parameter], files);
	const needed = enabledBy === undefined || checked[enabledBy] === true;
	if (file === undefined && needed) throw invalid(`${parameter} is required`);
	if (file !== undefined && needed) checkFormat(model.file, file);
	return { inputs: checked, file };
}

/** The official Python client sends the word None for what is left out; the vendor's own page sends none. */
const isUnset = (value: unknown) =>
	value === null || (typeof value === 'string' && /^(none)?$/i.test(value.trim()));

const invalid = (reason: string) => new Refusal(400, `Invalid Payload: ${reason}`);

function promptOf(value: unknown): string {
	const text = typeof value === 'number' ? String(value) : value;
	if (text === undefined || text === null || text === '') throw invalid('prompt is required');
	if (typeof text !== 'string') throw invalid('prompt is not a text');
	return text;
}

function switchOf(name: string, value: unknown): boolean {
	if (value === undefined) return false;
	const read = readValue({ type: 'boolean', label: name, description: '', default: false }, value);
	if (typeof read !== 'boolean') throw invalid(`${name} is neither true nor false`);
	return read;
}

function fileOf(
	{ parameter }: FileInput,
	field: unknown,
	files: readonly ReceivedFile[],
): ReceivedFile | undefined {
	const part = files.find((file) => file.field === parameter);
	if (part !== undefined) return part;
	if (field === undefined) return undefined;
	const file = linkedFile(parameter, field);
	if (file === undefined) throw invalid(`${parameter} is neither a file nor an http(s) URL`);
	return file;
}

/** The file behind a field that holds an http(s) URL, or undefined when it holds none. */
export function linkedFile(field: string, value: unknown): ReceivedFile | undefined {
	if (typeof value !== 'string' || !/^https?:\/\//i.test(value) || !URL.canParse(value)) {
		return undefined;
	}
	const lastSegment = new URL(value).pathname.split('/').at(-1) ?? '';
	return { field, name: decoded(lastSegment), source: 'url', url: value };
}

/** Undoes percent encoding where there is any; a stray percent sign is nobody's mistake here. */
function decoded(segment: string): string {
	try {
		return decodeURIComponent(segment);
	} catch {
		return segment;
	}
}

function checkFormat({ extensions }: FileInput, { name, source, size }: ReceivedFile): void {
	const extension = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase();
	// A link need not end in a name; what stands behind it is seen only later.
	if (extension === undefined && source === 'url') return;
	if (extension === undefined || !extensions.includes(extension)) {
		throw new Refusal(415, 'Unsupported Media');
	}
	if (size === 0) throw invalid('the file is empty');
}
