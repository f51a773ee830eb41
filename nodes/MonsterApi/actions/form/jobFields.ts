import type { INodeProperties } from 'n8n-workflow';

import { jobOptionsField } from './optionFields';

export const promptField = (placeholder: string): INodeProperties => ({
	displayName: 'Prompt',
	name: 'prompt',
	type: 'string',
	typeOptions: { rows: 4 },
	required: true,
	default: '',
	placeholder,
	description: 'What the model should do or create',
});

export const processIdField: INodeProperties = {
	displayName: 'Process ID',
	name: 'processId',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. {{ $json.process_id }}',
	description: 'The process_id that MonsterAPI returned when it accepted the job',
};

export const simplifyField: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
};

export const downloadField: INodeProperties = {
	displayName: 'Download',
	name: 'download',
	type: 'boolean',
	default: true,
	description:
		'Whether to download the output files as binary data. The output contains their URLs in any case.',
	// An agent cannot take files.
	displayOptions: { hide: { '@tool': [true] } },
};

const waitField: INodeProperties = {
	displayName: 'Wait for Completion',
	name: 'waitForCompletion',
	type: 'boolean',
	default: true,
	description:
		'Whether to wait for the result. If off, the output is the process ID: get the result later with Job > Wait or Job > Get, or with a webhook.',
};

/** The same field, shown only if the node waits for the result. */
const onlyWhenWaiting = (field: INodeProperties): INodeProperties => ({
	...field,
	displayOptions: { ...field.displayOptions, show: { waitForCompletion: [true] } },
});

/**
 * The last fields of every operation that submits a job: whether to wait, what to output, and the options.
 * @param files whether its results can be files
 * @param ownBody whether the user writes the whole body, so that there is nothing to merge into it
 */
export const resultFields = ({
	files,
	ownBody = false,
}: {
	files: boolean;
	ownBody?: boolean;
}): INodeProperties[] => [
	waitField,
	...(files ? [onlyWhenWaiting(downloadField)] : []),
	onlyWhenWaiting(simplifyField),
	jobOptionsField(
		...(ownBody ? [] : (['extraBody'] as const)),
		'maxConcurrency',
		'onTimeout',
		...(files ? (['outputBinaryField'] as const) : []),
		'polling',
		'pollIntervalSeconds',
		'timeout',
		'webhookName',
	),
];
