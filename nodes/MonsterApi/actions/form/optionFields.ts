import type { INodeProperties } from 'n8n-workflow';

import { alphabetically } from '../../../core/alphabetical';
import { webhookLocator } from './webhookLocator';

const timeoutSeconds = 600;
const launchTimeoutSeconds = 1800;
const maxConcurrency = 100;
const binaryField = 'data';

/** What an option is when the user did not set it; 0 and empty ones need no name. */
export const defaults = {
	timeoutSeconds,
	launchTimeoutSeconds,
	maxConcurrency,
	binaryField,
} as const;

/** Every option of every operation, as the form shows it. */
export const optionFields = {
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
		description: 'How long to wait for the answer at most. 0 means an hour.',
	},
	extraBody: {
		displayName: 'Extra Body',
		name: 'extraBody',
		type: 'json',
		default: '{}',
		description:
			'JSON object that is merged into the request and wins over the fields above, for parameters that this node does not know yet',
	},
	fileName: {
		displayName: 'File Name',
		name: 'fileName',
		type: 'string',
		default: '',
		placeholder: 'e.g. interview.mp3',
		description:
			'The name to upload the file under. The extension of its type is added when there is none.',
	},
	launchPollIntervalSeconds: {
		displayName: 'Poll Interval (Seconds)',
		name: 'pollIntervalSeconds',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description: 'How often to ask whether it is live. 0 means every five seconds.',
	},
	launchTimeout: {
		displayName: 'Timeout (Seconds)',
		name: 'timeout',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: launchTimeoutSeconds,
		description: 'How long to wait for a deployment to be live at most. 0 means no limit.',
	},
	maxConcurrency: {
		displayName: 'Max Concurrency',
		name: 'maxConcurrency',
		type: 'number',
		typeOptions: { minValue: 0, numberPrecision: 0 },
		default: maxConcurrency,
		description:
			'How many items are worked on at the same time. 0 means all of them. The output keeps the order of the input.',
	},
	onTimeout: {
		displayName: 'On Timeout',
		name: 'onTimeout',
		type: 'options',
		default: 'error',
		description: 'What to do with a job that has not ended in time. It goes on at MonsterAPI.',
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
		description: 'What to do with a deployment that is not live in time',
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
			'The binary field that gets the first file; further files go to the same name with _1, _2 and so on',
	},
	pollIntervalSeconds: {
		displayName: 'Poll Interval (Seconds)',
		name: 'pollIntervalSeconds',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description:
			'How often to ask for the status. 0 looks when the job is likely to end, going by jobs of the same kind before it.',
	},
	polling: {
		displayName: 'Polling',
		name: 'polling',
		type: 'options',
		default: 'balanced',
		description: 'Whether to be early or to ask seldom, where Poll Interval is 0',
		options: [
			{ name: 'Balanced', value: 'balanced' },
			{ name: 'Eager', value: 'eager', description: 'Results earlier, with more requests' },
			{ name: 'Frugal', value: 'frugal', description: 'Few requests, results later' },
		],
	},
	terminateOnFailure: {
		displayName: 'Terminate on Failure',
		name: 'terminateOnFailure',
		type: 'boolean',
		default: false,
		description:
			'Whether to terminate a deployment that is not live in time or whose launch fails, and all of them when the node fails or is stopped before it has ended',
	},
	timeout: {
		displayName: 'Timeout (Seconds)',
		name: 'timeout',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: timeoutSeconds,
		description: 'How long to wait for a job at most. 0 means no limit.',
	},
	webhookName: {
		...webhookLocator,
		description:
			'The webhook that MonsterAPI tells about the job. A published MonsterAPI Trigger registers one; Webhook > Create does so too.',
	},
} as const satisfies Record<string, INodeProperties>;

export type OptionName = keyof typeof optionFields;

/** A field that says whether the node waits, and the options that do nothing when it does not. */
interface WaitSwitch {
	readonly field: string;
	readonly options: readonly OptionName[];
}

const forCompletion: WaitSwitch = {
	field: '/waitForCompletion',
	options: ['onTimeout', 'outputBinaryField', 'polling', 'pollIntervalSeconds'],
};

const forLive: WaitSwitch = {
	field: '/waitUntilLive',
	options: ['launchPollIntervalSeconds', 'launchTimeout', 'onLaunchTimeout', 'terminateOnFailure'],
};

/** The "Options" collection with the named options, in alphabetical order. */
export const optionsField = (...names: OptionName[]): INodeProperties => collection(names);

/** The same for operations that hand over a job and may wait for it. */
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
				...(waiting?.options.includes(name) === true
					? { displayOptions: { show: { [waiting.field]: [true] } } }
					: {}),
			}),
		)
		.sort(alphabetically(({ displayName }) => displayName)),
});
