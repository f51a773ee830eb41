import type { INodeProperties } from 'n8n-workflow';

import { alphabetically } from '../core/alphabetical';
import { models } from '../core/catalogue';
import { defaultMaxFileSize } from '../output/jobItem';
import { testNameExpression } from './identity';

const optionFields: INodeProperties[] = [
	{
		displayName: 'Ignore Duplicates',
		name: 'ignoreDuplicates',
		type: 'boolean',
		default: true,
		description:
			'Whether to start the workflow only once for each job and status, and never after the job has ended',
	},
	{
		displayName: 'Max File Size (MB)',
		name: 'maxFileSize',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: defaultMaxFileSize,
		description: 'Larger output files are not downloaded. 0 means no limit.',
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
			'Start the workflow only for jobs of these models, and for jobs whose model is unknown. Leave empty for all models.',
	},
	{
		displayName: 'One Item per File',
		name: 'itemPerFile',
		type: 'boolean',
		default: false,
		description:
			'Whether to return an item for each output file. The credits are in the first one only.',
	},
	{
		displayName: 'Put Output Files in Field',
		name: 'outputBinaryField',
		type: 'string',
		default: 'data',
		placeholder: 'e.g. data',
		description:
			'The binary field for the first file. Further files get the same name with _1, _2 and so on.',
	},
	{
		displayName: 'Verify',
		name: 'verify',
		type: 'boolean',
		default: true,
		description:
			'Whether to read the job from MonsterAPI and output only what the API returns. Callbacks are not signed: without verification their content is only as trustworthy as the secret in the URL, and no files are downloaded.',
	},
];

export const properties: INodeProperties[] = [
	{
		displayName:
			'MonsterAPI calls this workflow about jobs that refer to its webhook: choose it in the MonsterAPI node under Options > Webhook Name. If its Webhook URLs begin with http://localhost, MonsterAPI cannot reach it: set N8N_WEBHOOK_URL (in n8n 1 WEBHOOK_URL) to n8n’s public address. A gateway on the same machine can.',
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
			'The name to register at MonsterAPI, unique to each trigger. Leave empty for a name based on the IDs of workflow and node, which stays the same when you rename them.',
	},
	{
		displayName: 'Name While Testing',
		name: 'testWebhookName',
		type: 'string',
		default: testNameExpression,
		description:
			'The name that is registered while you listen for a test event. Copy it to Options > Webhook Name of the MonsterAPI node to send its jobs to the test. Without -test it is the name of the published trigger.',
		// Shows what the node does; there is nothing to enter.
		disabledOptions: { show: { '@version': [1] } },
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
		description: 'The job statuses that start the workflow',
	},
	{
		displayName: 'Download',
		name: 'download',
		type: 'boolean',
		default: true,
		description:
			'Whether to download the output files as binary data, and to return subtitles as a file. The output contains URLs and text in any case.',
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
