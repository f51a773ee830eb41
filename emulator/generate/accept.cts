import { checkBody } from '../../contract/body.cjs';
import { HttpError } from '../http-error.cjs';
import type { Body } from './body.cjs';
import type { ReceivedFile } from './job.cjs';
import type { Model } from './models.cjs';

export interface Accepted {
	readonly inputs: Readonly<Record<string, unknown>>;
	readonly file: ReceivedFile | undefined;
}

/**
 * Checks a body against the contract. Fields that the model does not have are ignored, as by the service.
 * @throws HttpError: 400 for a missing or wrong input, 415 for a file that the model does not read
 */
export function accept({ schema }: Model, { fields, files }: Body): Accepted {
	const parts = files.map(({ field, name, size = 0 }) => ({ field, name, size }));
	const { values, problems, unsupportedMedia } = checkBody(schema, fields, parts);
	if (problems.length > 0) throw new HttpError(400, `Invalid Payload: ${problems.join('; ')}`);
	if (unsupportedMedia) throw new HttpError(415, 'Unsupported Media');

	const parameter = Object.entries(schema.properties ?? {}).find(
		([, property]) => property['x-file'] !== undefined,
	)?.[0];
	if (parameter === undefined) return { inputs: values, file: undefined };
	const { [parameter]: link, ...inputs } = values;
	const part = files.find(({ field }) => field === parameter);
	return { inputs, file: part ?? linkedFile(parameter, link) };
}

/** The file behind a field that holds an http(s) URL, or undefined when it holds none. */
export function linkedFile(field: string, value: unknown): ReceivedFile | undefined {
	if (typeof value !== 'string' || !/^https?:\/\//i.test(value) || !URL.canParse(value)) {
		return undefined;
	}
	const lastSegment = new URL(value).pathname.split('/').at(-1) ?? '';
	return { field, name: decoded(lastSegment), source: 'url', url: value };
}

/** Undoes percent encoding where there is any; a stray percent sign is left as it is. */
function decoded(segment: string): string {
	try {
		return decodeURIComponent(segment);
	} catch {
		return segment;
	}
}
