import type { IBinaryData, IBinaryKeyData, IDataObject } from 'n8n-workflow';

import type { JobState } from '../core/api/status';
import type { Client } from '../core/http/client';
import { simplify, verbatim } from '../core/jobs/output';
import { missingFiles } from '../core/jobs/outputFiles';
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
}

/** The JSON of a job in its current state. */
export const toJobJson = (
	state: JobState,
	model: string | undefined,
	options: OutputShape,
): IDataObject =>
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
 * The item of a job in its current state: its JSON, and its output files if they are wanted. Node and trigger return the
 * same items, so that one can replace the other.
 * @throws MonsterApiError when a file cannot be downloaded
 */
export async function toJobItem(
	client: Client<IBinaryData>,
	state: JobState,
	model: string | undefined,
	options: OutputOptions,
): Promise<ItemOutput> {
	const json = toJobJson(state, model, options);
	if (!options.download) return { json };
	const files = await downloadOutputs(client, state);
	return withFiles(withFailure(json, missingFiles(state, model, client.baseUrl)), files, options);
}

/** The item says why a file is missing that was to be downloaded. */
export const withFailure = (json: IDataObject, failure: string | undefined): IDataObject =>
	failure === undefined ? json : { ...json, download_failed: failure };

/**
 * An item with its files, if it has any.
 * @param files undefined for a missing one: the others keep their names
 */
export function withFiles(
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
