import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { adaptiveSchedule, fixedSchedule, type Schedule } from '../../core/jobs/schedule';
import type { JsonRecord } from '../../core/json';
import { readRecord, readLocator, readNumber, readText, type Parameters } from './parameters';
import { webhookLocator } from './webhookLocator';

/** The options of operations that hand over a job or wait for one, as the user set them. */
export interface JobOptions {
	/** Infinity for no limit. */
	readonly timeoutMs: number;
	readonly onTimeout: 'error' | 'return';
	readonly webhookName: string;
	readonly outputBinaryField: string;
	readonly schedule: Schedule;
	readonly extraBody: JsonRecord;
}

const defaultTimeoutSeconds = 600;
const defaultMaxConcurrency = 100;
const defaultBinaryField = 'data';

/** Below this, waiting is asking all the time. */
const shortestPollSeconds = 0.25;

/** @throws MonsterApiError when an option is not what it takes */
export function readJobOptions(parameters: Parameters): JobOptions {
	const options = parameters.record('options', 'Options');
	const seconds = readNumber(options['timeout'], 'Timeout', defaultTimeoutSeconds, 0);
	const poll = readNumber(options['pollIntervalSeconds'], 'Poll Interval', 0, 0);
	return {
		timeoutMs: seconds === 0 ? Infinity : seconds * 1000,
		onTimeout: readText(options['onTimeout']) === 'return' ? 'return' : 'error',
		webhookName: readLocator(options['webhookName']),
		outputBinaryField: readText(options['outputBinaryField']).trim() || defaultBinaryField,
		schedule:
			poll === 0 ? adaptiveSchedule : fixedSchedule(Math.max(poll, shortestPollSeconds) * 1000),
		extraBody: readRecord(options['extraBody'], 'Extra Body'),
	};
}

/**
 * How many items of the execution are worked on at once: Infinity for all. It is read on its own, since the other
 * options may be wrong for one item only.
 * @throws MonsterApiError
 */
export function readMaxConcurrency(context: Pick<IExecuteFunctions, 'getNodeParameter'>): number {
	const given: unknown = context.getNodeParameter('options.maxConcurrency', 0, null);
	const most = readNumber(given, 'Max Concurrency', defaultMaxConcurrency, 0);
	return most === 0 ? Infinity : Math.max(1, Math.floor(most));
}

const optionFields = {
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
	maxConcurrency: {
		displayName: 'Max Concurrency',
		name: 'maxConcurrency',
		type: 'number',
		typeOptions: { minValue: 0, numberPrecision: 0 },
		default: defaultMaxConcurrency,
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
	outputBinaryField: {
		displayName: 'Put Output Files in Field',
		name: 'outputBinaryField',
		type: 'string',
		default: defaultBinaryField,
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
			'How often to ask for the status. 0 adapts to the age of the job: after one second at first, later each tenth of its age, at least every five seconds.',
	},
	timeout: {
		displayName: 'Timeout (Seconds)',
		name: 'timeout',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: defaultTimeoutSeconds,
		description: 'How long to wait for a job at most. 0 means no limit.',
	},
	webhookName: {
		...webhookLocator,
		description:
			'The webhook that MonsterAPI tells about the job. A published MonsterAPI Trigger registers one; Webhook > Create does so too.',
	},
} as const satisfies Record<string, INodeProperties>;

export type OptionName = keyof typeof optionFields;

/** Options of a wait: without one they would do nothing. */
const forWaiting: readonly OptionName[] = ['onTimeout', 'outputBinaryField', 'pollIntervalSeconds'];

/** The "Options" collection with the named options, in alphabetical order. */
export const optionsField = (...names: OptionName[]): INodeProperties => ({
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: names
		.map((name): INodeProperties => optionFields[name])
		.sort((left, right) => left.displayName.localeCompare(right.displayName, 'en')),
});

/** The same for operations that hand over a job and may wait for it. */
export function jobOptionsField(...names: OptionName[]): INodeProperties {
	const field = optionsField(...names);
	const shown = names.map(
		(name): INodeProperties => ({
			...optionFields[name],
			...(forWaiting.includes(name)
				? { displayOptions: { show: { '/waitForCompletion': [true] } } }
				: {}),
		}),
	);
	return {
		...field,
		options: shown.sort((left, right) => left.displayName.localeCompare(right.displayName, 'en')),
	};
}
