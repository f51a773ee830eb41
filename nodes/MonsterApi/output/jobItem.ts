import type { IBinaryData, IBinaryKeyData, IDataObject } from 'n8n-workflow';

import type { Client } from '../../core/http/client';
import type { JobState } from '../../core/api/status';
import { simplify, verbatim } from '../../core/jobs/output';
import { downloadOutputs } from '../../core/jobs/submit';

/** What comes out for one item, before it is paired. */
export interface ItemOutput {
	readonly json: IDataObject;
	readonly binary?: IBinaryKeyData;
}

/** How the user wants a job's item. */
export interface OutputOptions {
	readonly simplify: boolean;
	readonly download: boolean;
	/** The first file's field; further files get the same name with _1, _2 and so on. */
	readonly binaryField: string;
}

/** What n8n can pass on as JSON. Everything here comes from parsed JSON or from plain literals. */
export const toJson = (record: object): IDataObject => ({ ...record });

/** The JSON of a job as it stands. */
export const toJobJson = (
	state: JobState,
	model: string | undefined,
	form: Pick<OutputOptions, 'simplify'>,
): IDataObject => toJson(form.simplify ? simplify(state, model) : verbatim(state, model));

/**
 * The item of a job as it stands: its JSON, and its output files when they are wanted. Action and trigger give the
 * same, so that one can replace the other.
 * @throws MonsterApiError when a file cannot be fetched
 */
export async function toItem(
	client: Client<IBinaryData>,
	state: JobState,
	model: string | undefined,
	form: OutputOptions,
): Promise<ItemOutput> {
	const files = form.download ? await downloadOutputs(client, state) : [];
	return withFiles(toJobJson(state, model, form), files, form);
}

/**
 * An item with its files, if there are any.
 * @param files undefined for one that is missing: the others keep their names
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
