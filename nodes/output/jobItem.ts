import type { IBinaryData, IBinaryKeyData, IDataObject } from 'n8n-workflow';

import type { JobState } from '../core/api/status';
import type { Client } from '../core/http/client';
import { megabyte } from '../core/http/sizes';
import { simplify, verbatim } from '../core/jobs/output';
import { missingFiles } from '../core/jobs/outputFiles';
import { downloadOutputs } from '../core/jobs/submit';
import { toJson } from './json';

/** An output item before it is paired with its input. */
export interface ItemOutput {
	readonly json: IDataObject;
	readonly binary?: IBinaryKeyData;
}

/** How the user wants the item of a job. */
export interface OutputOptions {
	readonly simplify: boolean;
	readonly download: boolean;
	/** The field of the first file; further files get the same name with _1, _2 and so on. */
	readonly binaryField: string;
	/** The size of each file, in bytes; Infinity for no limit. */
	readonly maxFileBytes: number;
}

/** In megabytes. */
export const defaultMaxFileSize = 1000;

/** @param megabytes 0 for no limit */
export const toMaxBytes = (megabytes: number): number =>
	megabytes === 0 ? Infinity : megabytes * megabyte;

/** The JSON of a job in its current state. */
export const toJobJson = (
	state: JobState,
	model: string | undefined,
	options: Pick<OutputOptions, 'simplify'>,
): IDataObject => toJson(options.simplify ? simplify(state, model) : verbatim(state, model));

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
	const files = await downloadOutputs(client, state, options.maxFileBytes);
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
