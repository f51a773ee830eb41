import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

import { modelsByFamily, type Family } from '../../../core/catalogue';

const sizeHint = 'Files above 8 MB are sent by an upload link.';

/** The formats that the models of a family support, as a list in words. */
function formatsOf(family: Family): string {
	const all = [...new Set(modelsByFamily[family].flatMap(({ file }) => file?.extensions ?? []))];
	return `${all.slice(0, -1).join(', ')} or ${all.at(-1)}`;
}

/** The field that names an item's binary field. @param noun the file in words, such as "image" */
export const binaryField = (noun: string): INodeProperties => ({
	displayName: 'Input Data Field Name',
	name: 'binaryPropertyName',
	type: 'string',
	required: true,
	default: 'data',
	placeholder: 'e.g. data',
	description: `The name of the input field that contains the ${noun}`,
});

/**
 * The fields for the file that an operation reads.
 * @param noun the file in words, such as "image"
 * @param family whose models determine the supported formats; undefined if they are not known
 * @param show when the fields are shown at all
 */
export const fileFields = (
	noun: string,
	family?: Family,
	show: NonNullable<IDisplayOptions['show']> = {},
): INodeProperties[] => [
	{
		displayName: 'File Source',
		name: 'fileSource',
		type: 'options',
		default: 'binary',
		description: `Where the ${noun} comes from`,
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
		description: `Where the ${noun} comes from. An agent can pass files by URL only.`,
		options: [{ name: 'URL', value: 'url', description: 'A public web address' }],
		displayOptions: { show: { ...show, '@tool': [true] } },
	},
	{
		...binaryField(noun),
		hint: family === undefined ? sizeHint : `Supports ${formatsOf(family)}. ${sizeHint}`,
		displayOptions: { show: { ...show, fileSource: ['binary'] } },
	},
	{
		displayName: 'File URL',
		name: 'fileUrl',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. https://example.com/file',
		description: `The public web address of the ${noun}`,
		displayOptions: { show: { ...show, fileSource: ['url'] } },
	},
];
