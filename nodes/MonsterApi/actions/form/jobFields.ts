import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

import { alphabetically } from '../../../core/alphabetical';
import { modelsByFamily, type Family } from '../../../core/catalogue';
import { jobOptionsField } from './optionFields';
import { simplifyField } from './simplifyField';

/** The drop-down with the family's models. */
export function modelField(family: Family, defaultId: string): INodeProperties {
	return {
		displayName: 'Model',
		name: 'model',
		type: 'options',
		default: defaultId,
		required: true,
		options: modelsByFamily[family]
			.map(({ id, label, description }) => ({ name: label, value: id, description }))
			.sort(alphabetically(({ name }) => name)),
		description: 'The model that does the work',
	};
}

export const promptField = (placeholder: string): INodeProperties => ({
	displayName: 'Prompt',
	name: 'prompt',
	type: 'string',
	typeOptions: { rows: 4 },
	required: true,
	default: '',
	placeholder,
	description: 'What the model should do or make',
});

const waitField: INodeProperties = {
	displayName: 'Wait for Completion',
	name: 'waitForCompletion',
	type: 'boolean',
	default: true,
	description:
		'Whether to wait for the result. Off: the output is the process ID, to be fetched later with Job > Wait or Job > Get, or to be told to a webhook.',
};

const whenWaiting = { show: { waitForCompletion: [true] } };

export const downloadField: INodeProperties = {
	displayName: 'Download',
	name: 'download',
	type: 'boolean',
	default: true,
	description:
		'Whether to fetch the output files as binary data. Their URLs are in the output anyway.',
	// An agent takes no files.
	displayOptions: { hide: { '@tool': [true] } },
};

/** The same field, shown only while the node waits for the result. */
const onlyWhenWaiting = (field: INodeProperties): INodeProperties => ({
	...field,
	displayOptions: { ...field.displayOptions, ...whenWaiting },
});

/**
 * What every operation that hands over a job asks at its end: whether to wait, what to give out, and the options.
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

const largeFiles = 'Above 8 MB it goes by an upload link.';

/** Which files the models of a family take. */
function formatsOf(family: Family): string {
	const all = [...new Set(modelsByFamily[family].flatMap(({ file }) => file?.extensions ?? []))];
	return `${all.slice(0, -1).join(', ')} or ${all.at(-1)}`;
}

/**
 * The fields for the file that an operation takes.
 * @param what such as "image"
 * @param family whose models say which formats it may have; left out when nobody knows
 * @param show when they are shown at all
 */
export const fileFields = (
	what: string,
	family?: Family,
	show: NonNullable<IDisplayOptions['show']> = {},
): INodeProperties[] => [
	{
		displayName: 'File Source',
		name: 'fileSource',
		type: 'options',
		default: 'binary',
		description: `Where the ${what} comes from`,
		options: [
			{ name: 'Binary File', value: 'binary', description: 'A file from an earlier node' },
			{ name: 'URL', value: 'url', description: 'A public web address' },
		],
		displayOptions: { show, hide: { '@tool': [true] } },
	},
	{
		displayName: 'File Source',
		name: 'fileSource',
		type: 'options',
		default: 'url',
		description: `Where the ${what} comes from. An agent can hand over files by URL only.`,
		options: [{ name: 'URL', value: 'url', description: 'A public web address' }],
		displayOptions: { show: { ...show, '@tool': [true] } },
	},
	{
		displayName: 'Input Data Field Name',
		name: 'binaryPropertyName',
		type: 'string',
		required: true,
		default: 'data',
		placeholder: 'e.g. data',
		hint: family === undefined ? largeFiles : `Takes ${formatsOf(family)}. ${largeFiles}`,
		description: `The name of the input field that holds the ${what}`,
		displayOptions: { show: { ...show, fileSource: ['binary'] } },
	},
	{
		displayName: 'File URL',
		name: 'fileUrl',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. https://example.com/file',
		description: `The public web address of the ${what}`,
		displayOptions: { show: { ...show, fileSource: ['url'] } },
	},
];
