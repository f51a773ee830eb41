import type { INodeProperties } from 'n8n-workflow';

import { jobOptionsField } from './optionFields';
import { outputFields, type Selectable } from './outputFields';

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
	// An agent would have to call again for every result.
	displayOptions: { hide: { '@tool': [true] } },
};

/** The same field, hidden if the node does not wait for the result. The tool form has no such switch: there it waits. */
const onlyWhenWaiting = (field: INodeProperties): INodeProperties => ({
	...field,
	displayOptions: {
		...field.displayOptions,
		hide: { ...field.displayOptions?.hide, waitForCompletion: [false] },
	},
});

/** The same switch for transcripts, whose only files are subtitles. */
const subtitleField: INodeProperties = {
	...downloadField,
	description:
		'Whether to return subtitles as a file too (Transcription Format: Subtitles), named after the recording',
};

/**
 * The last fields of every operation that submits a job: whether to wait, what to output, and the options.
 * @param files which its results can have
 * @param results the fields that hold its results
 * @param ownBody whether the user writes the whole body, so that there is nothing to merge into it
 */
export const resultFields = ({
	files,
	results,
	ownBody = false,
}: {
	files: 'none' | 'subtitles' | 'one' | 'many';
	results: readonly Selectable[];
	ownBody?: boolean;
}): INodeProperties[] => [
	waitField,
	...(files === 'none'
		? []
		: [onlyWhenWaiting(files === 'subtitles' ? subtitleField : downloadField)]),
	...outputFields('credit_used', 'model', ...results).map(onlyWhenWaiting),
	jobOptionsField(
		...(ownBody ? [] : (['extraBody'] as const)),
		'includeInputFields',
		...(files === 'many' ? (['itemPerFile'] as const) : []),
		'maxConcurrency',
		'onTimeout',
		...(files === 'none' ? [] : (['maxFileSize', 'outputBinaryField'] as const)),
		'polling',
		'pollIntervalSeconds',
		'timeout',
		'webhookName',
	),
];
