import type { INodeProperties } from 'n8n-workflow';

import { alphabetically } from '../core/alphabetical';
import { models } from '../core/catalogue';

const optionFields: INodeProperties[] = [
	{
		displayName: 'Ignore Duplicates',
		name: 'ignoreDuplicates',
		type: 'boolean',
		default: true,
		description:
			'Whether the same job and status starts the workflow only once, and nothing that comes after a job’s end starts it',
	},
	{
		displayName: 'Models',
		name: 'models',
		type: 'multiOptions',
		default: [],
		options: models
			.map(({ id, label }) => ({ name: label, value: id }))
			.sort(alphabetically(({ name }) => name)),
		description:
			'Only jobs of these models start the workflow, and jobs whose model nobody names. Leave it empty for all.',
	},
	{
		displayName: 'Put Output Files in Field',
		name: 'outputBinaryField',
		type: 'string',
		default: 'data',
		placeholder: 'e.g. data',
		description:
			'The binary field that gets the first file; further files go to the same name with _1, _2 and so on',
	},
	{
		displayName: 'Verify',
		name: 'verify',
		type: 'boolean',
		default: true,
		description:
			'Whether to read the job again from MonsterAPI and pass on only what the API says. Callbacks are not signed: without this their content is only as trustworthy as the secret in the URL, and no files are downloaded.',
	},
];

export const properties: INodeProperties[] = [
	{
		displayName:
			'MonsterAPI calls this workflow when a job changes that names its webhook: choose it in the MonsterAPI node under Options > Webhook Name. n8n must be reachable from the internet (N8N_WEBHOOK_URL, in n8n 1 WEBHOOK_URL).',
		name: 'notice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'Webhook Name',
		name: 'webhookName',
		type: 'string',
		default: '',
		placeholder: 'e.g. transcripts-done',
		description:
			'The name to register at MonsterAPI, one for each trigger. Leave it empty for a name made from workflow and node, which stays the same when they are renamed. Test listening gets “-test” at the end.',
	},
	{
		displayName: 'Statuses',
		name: 'statuses',
		type: 'multiOptions',
		required: true,
		default: ['COMPLETED', 'FAILED'],
		options: [
			{ name: 'Completed', value: 'COMPLETED' },
			{ name: 'Failed', value: 'FAILED' },
			{ name: 'In Progress', value: 'IN_PROGRESS' },
			{ name: 'In Queue', value: 'IN_QUEUE' },
		],
		description: 'The changes of a job that start the workflow',
	},
	{
		displayName: 'Download',
		name: 'download',
		type: 'boolean',
		default: true,
		description:
			'Whether to fetch the output files as binary data. Their URLs are in the output anyway.',
	},
	{
		displayName: 'Simplify',
		name: 'simplify',
		type: 'boolean',
		default: true,
		description: 'Whether to return a simplified version of the response instead of the raw data',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: optionFields,
	},
];
