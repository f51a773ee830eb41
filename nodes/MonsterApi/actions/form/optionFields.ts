import type { INodeProperties } from 'n8n-workflow';

import { alphabetically } from '../../../core/alphabetical';
import { defaultMaxFileSize } from '../../../output/jobItem';
import { webhookLocator } from './webhookFields';

const timeoutSeconds = 600;
const launchTimeoutSeconds = 1800;
const maxConcurrency = 1000;
const binaryField = 'data';

/** The defaults of options, except for those that are 0 or empty. */
export const defaults = {
	timeoutSeconds,
	launchTimeoutSeconds,
	maxConcurrency,
	binaryField,
} as const;

/** Every option of every operation. */
const optionFields = {
	allowUnauthorizedCerts: {
		displayName: 'Ignore SSL Issues (Insecure)',
		name: 'allowUnauthorizedCerts',
		type: 'boolean',
		default: false,
		description: 'Whether to connect even if SSL certificate validation is not possible',
	},
	answerTimeout: {
		displayName: 'Timeout (Seconds)',
		name: 'timeout',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: timeoutSeconds,
		description: 'Maximum time to wait for the answer. 0 means one hour.',
	},
	extraBody: {
		displayName: 'Extra Body',
		name: 'extraBody',
		type: 'json',
		default: '{}',
		description:
			'JSON object to merge into the request. It overrides the fields above. Use it for parameters that this node does not know yet.',
	},
	fileName: {
		displayName: 'File Name',
		name: 'fileName',
		type: 'string',
		default: '',
		placeholder: 'e.g. interview.mp3',
		description:
			'The name of the uploaded file. The extension of its type is added if it has none.',
	},
	includeInputFields: {
		displayName: 'Include Input Fields',
		name: 'includeInputFields',
		type: 'boolean',
		default: false,
		description:
			'Whether to pass on the fields of the input item as well. A field of the result replaces one of the same name.',
	},
	itemPerFile: {
		displayName: 'One Item per File',
		name: 'itemPerFile',
		type: 'boolean',
		default: false,
		description:
			'Whether to return an item for each output file. The credits are in the first one only.',
	},
	launchPollIntervalSeconds: {
		displayName: 'Poll Interval (Seconds)',
		name: 'pollIntervalSeconds',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description: 'How often to check whether the deployment is live. 0 means every five seconds.',
	},
	launchTimeout: {
		displayName: 'Timeout (Seconds)',
		name: 'timeout',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: launchTimeoutSeconds,
		description: 'Maximum time to wait until the deployment is live. 0 means no limit.',
	},
	maxConcurrency: {
		displayName: 'Max Concurrency',
		name: 'maxConcurrency',
		type: 'number',
		typeOptions: { minValue: 0, numberPrecision: 0 },
		default: maxConcurrency,
		description:
			'How many items to handle at the same time. 0 means all of them. The output keeps the order of the input.',
	},
	maxFileSize: {
		displayName: 'Max File Size (MB)',
		name: 'maxFileSize',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: defaultMaxFileSize,
		description: 'Larger output files are not downloaded. 0 means no limit.',
	},
	onTimeout: {
		displayName: 'On Timeout',
		name: 'onTimeout',
		type: 'options',
		default: 'error',
		description: 'What to do if a job has not ended in time. It continues at MonsterAPI.',
		options: [
			{ name: 'Stop With an Error', value: 'error' },
			{ name: 'Return the Job as It Stands', value: 'return' },
		],
	},
	onLaunchTimeout: {
		displayName: 'On Timeout',
		name: 'onTimeout',
		type: 'options',
		default: 'error',
		description: 'What to do if a deployment is not live in time',
		options: [
			{ name: 'Stop With an Error', value: 'error' },
			{ name: 'Return the Deployment as It Stands', value: 'return' },
		],
	},
	outputBinaryField: {
		displayName: 'Put Output Files in Field',
		name: 'outputBinaryField',
		type: 'string',
		default: binaryField,
		placeholder: 'e.g. data',
		description:
			'The binary field for the first file. Further files get the same name with _1, _2 and so on.',
	},
	pollIntervalSeconds: {
		displayName: 'Poll Interval (Seconds)',
		name: 'pollIntervalSeconds',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description:
			'How often to check the status. 0 adapts the interval to the durations of earlier jobs of the same kind.',
	},
	polling: {
		displayName: 'Polling',
		name: 'polling',
		type: 'options',
		default: 'balanced',
		description: 'Balances fast results against few requests. Used only if Poll Interval is 0.',
		options: [
			{ name: 'Balanced', value: 'balanced' },
			{ name: 'Eager', value: 'eager', description: 'Faster results, more requests' },
			{ name: 'Frugal', value: 'frugal', description: 'Fewer requests, slower results' },
		],
	},
	timeout: {
		displayName: 'Timeout (Seconds)',
		name: 'timeout',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: timeoutSeconds,
		description: 'Maximum time to wait for a job. 0 means no limit.',
	},
	webhookName: {
		...webhookLocator,
		description:
			'The webhook that MonsterAPI calls about the job. Register one with a published MonsterAPI Trigger or with Webhook > Create.',
	},
} as const satisfies Record<string, INodeProperties>;

type OptionName = keyof typeof optionFields;

/** A field that decides whether the node waits, and the options that have no effect if it does not. */
interface WaitSwitch {
	readonly field: string;
	readonly options: readonly OptionName[];
}

const forCompletion: WaitSwitch = {
	field: '/waitForCompletion',
	options: [
		'itemPerFile',
		'maxFileSize',
		'onTimeout',
		'outputBinaryField',
		'polling',
		'pollIntervalSeconds',
	],
};

const forLive: WaitSwitch = {
	field: '/waitUntilLive',
	options: ['launchPollIntervalSeconds', 'launchTimeout', 'onLaunchTimeout'],
};

/** An agent calls with one item, and gets no files. */
const withoutEffectInTools: readonly OptionName[] = ['maxConcurrency', 'outputBinaryField'];

/** The "Options" collection with the named options, in alphabetical order. */
export const optionsField = (...names: OptionName[]): INodeProperties => collection(names);

/** The same for operations that submit a job and may wait for it. */
export const jobOptionsField = (...names: OptionName[]): INodeProperties =>
	collection(names, forCompletion);

/** The same for operations that start a deployment and may wait until it is live. */
export const launchOptionsField = (...names: OptionName[]): INodeProperties =>
	collection(names, forLive);

const collection = (names: readonly OptionName[], waiting?: WaitSwitch): INodeProperties => ({
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: names
		.map(
			(name): INodeProperties => ({
				...optionFields[name],
				displayOptions: {
					hide: {
						...(withoutEffectInTools.includes(name) ? { '@tool': [true] } : {}),
						...(waiting?.options.includes(name) === true ? { [waiting.field]: [false] } : {}),
					},
				},
			}),
		)
		.sort(alphabetically(({ displayName }) => displayName)),
});
