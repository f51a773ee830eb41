import type { IBinaryData, IBinaryKeyData, IDataObject } from 'n8n-workflow';

import type { JobState } from '../core/api/status';
import type { Client } from '../core/http/client';
import { megabyte } from '../core/http/sizes';
import { simplify, verbatim } from '../core/jobs/output';
import { missingFiles } from '../core/jobs/outputFiles';
import { splitByFile } from '../core/jobs/splitByFile';
import { downloadOutputs } from '../core/jobs/submit';
import { toJson } from './json';

/** An output item before it is paired with its input. */
export interface ItemOutput {
	readonly json: IDataObject;
	readonly binary?: IBinaryKeyData;
}

/** How the user wants the JSON of a result. */
export interface OutputShape {
	readonly simplify: boolean;
	/** The fields to return, if not all of them. */
	readonly fields?: readonly string[];
}

/** How the user wants the item of a job. */
export interface OutputOptions extends OutputShape {
	readonly download: boolean;
	/** The field of the first file; further files get the same name with _1, _2 and so on. */
	readonly binaryField: string;
	/** The size of each file, in bytes; Infinity for no limit. */
	readonly maxFileBytes: number;
	/** Whether each file becomes an item of its own. */
	readonly itemPerFile: boolean;
}

/** In megabytes. */
export const defaultMaxFileSize = 1000;

/** @param megabytes 0 for no limit */
export const toMaxBytes = (megabytes: number): number =>
	megabytes === 0 ? Infinity : megabytes * megabyte;

const toJobJson = (state: JobState, model: string | undefined, options: OutputShape): IDataObject =>
	selectFields(
		toJson(options.simplify ? simplify(state, model) : verbatim(state, model)),
		options.fields,
	);

/** Without these, an agent could not tell whether there is a result, and would pay for it again. */
const alwaysReturned: readonly string[] = ['process_id', 'deployment_id', 'status', 'message'];

/** The same JSON with the selected fields only. @param fields undefined for all of them */
export const selectFields = (
	json: IDataObject,
	fields: readonly string[] | undefined,
): IDataObject =>
	fields === undefined
		? json
		: Object.fromEntries(
				Object.entries(json).filter(
					([name]) => alwaysReturned.includes(name) || fields.includes(name),
				),
			);

/**
 * The items of a job in its current state: its JSON, and its output files if they are wanted; one item, unless each file is
 * to be one. Node and trigger return the same items, so that one can replace the other.
 * @param recording the name of the file that the job read, if it is known
 * @throws MonsterApiError when a file cannot be downloaded
 */
export async function toJobItems(
	client: Client<IBinaryData>,
	state: JobState,
	model: string | undefined,
	options: OutputOptions,
	recording?: string,
): Promise<ItemOutput[]> {
	const files = options.download
		? await downloadOutputs(client, state, options.maxFileBytes, recording)
		: [];
	const missing = options.download ? missingFiles(state, model, client.baseUrl) : undefined;
	return withFiles(client, state, model, { files, failure: missing }, options);
}

/**
 * The items of a job with what was downloaded of its files.
 * @param outputs the files, undefined for a missing one: the others keep their names; and why one is missing
 */
export function withFiles(
	{ baseUrl }: Pick<Client, 'baseUrl'>,
	state: JobState,
	model: string | undefined,
	outputs: {
		readonly files: ReadonlyArray<IBinaryData | undefined>;
		readonly failure?: string | undefined;
	},
	options: OutputOptions,
): ItemOutput[] {
	const { files, failure } = outputs;
	const states = options.itemPerFile ? splitByFile(state, baseUrl) : [state];
	return states.map((part, index) => {
		const json = toJobJson(part, model, options);
		// Of several items, those that have their file miss nothing.
		const isLast = index === states.length - 1;
		const own = isLast ? files.slice(index) : files.slice(index, index + 1);
		const isComplete = states.length > 1 && own.length > 0 && !own.includes(undefined);
		return toItem(isComplete ? json : withFailure(json, failure), own, options);
	});
}

/** The item says why a file is missing that was to be downloaded. */
const withFailure = (json: IDataObject, failure: string | undefined): IDataObject =>
	failure === undefined ? json : { ...json, download_failed: failure };

function toItem(
	json: IDataObject,
	files: ReadonlyArray<IBinaryData | undefined>,
	{ binaryField }: Pick<OutputOptions, 'binaryField'>,
): ItemOutput {
	const binary: IBinaryKeyData = {};
	for (const [index, file] of files.entries()) {
		if (file !== undefined) binary[index === 0 ? binaryField : `${binaryField}_${index}`] = file;
	}
	return Object.keys(binary).length === 0 ? { json } : { json, binary };
}
