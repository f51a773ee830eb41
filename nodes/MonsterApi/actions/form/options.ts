import type { IExecuteFunctions } from 'n8n-workflow';

import { requireWebhookName } from '../../../core/api/ids';
import type { JsonRecord } from '../../../core/json';
import type { Polling } from '../../../core/polling/durationStats';
import { fixedSchedule, type Schedule } from '../../../core/polling/schedule';
import { defaultMaxFileSize, toMaxBytes } from '../../../output/jobItem';
import { defaults } from './optionFields';
import {
	createParameters,
	readFlag,
	readLocator,
	readChoice,
	readName,
	readNumber,
	readRecord,
	type Parameters,
} from './parameters';

/** How the user wants to wait. */
interface WaitOptions {
	/** Infinity for no limit. */
	readonly timeoutMs: number;
	readonly onTimeout: 'error' | 'return';
	/** The user's own poll interval, if set. */
	readonly schedule?: Schedule;
}

/** The options of operations that submit a job or wait for one. */
export interface JobOptions extends WaitOptions {
	readonly polling: Polling;
	readonly webhookName: string;
	readonly outputBinaryField: string;
	/** The size of each downloaded file, in bytes; Infinity for no limit. */
	readonly maxFileBytes: number;
	readonly itemPerFile: boolean;
	readonly extraBody: JsonRecord;
}

/** A shorter interval would be continuous polling. */
const minPollSeconds = 0.25;

/** Node.js fires a timer of more than 24 days at once; a day is long enough. */
const maxPollSeconds = 86_400;

/** @throws MonsterApiError when an option is invalid */
export function readJobOptions(parameters: Parameters): JobOptions {
	const options = parameters.collection('options', 'Options');
	return {
		...readWaitOptions(options, defaults.timeoutSeconds),
		polling: readChoice<Polling>(options['polling'], 'Polling', ['balanced', 'eager', 'frugal']),
		webhookName: readOptionalWebhookName(options['webhookName']),
		outputBinaryField: readName(
			options['outputBinaryField'],
			'Put Output Files in Field',
			defaults.binaryField,
		),
		maxFileBytes: toMaxBytes(
			readNumber(options['maxFileSize'], 'Max File Size (MB)', defaultMaxFileSize, 0),
		),
		itemPerFile: readFlag(options['itemPerFile'], 'One Item per File', false),
		extraBody: readExtraBody(options['extraBody']),
	};
}

/**
 * Whether the output has the fields of the input item too. Not every operation has this option.
 * @throws MonsterApiError
 */
export const readIncludeInputFields = (parameters: Parameters): boolean =>
	readFlag(
		parameters.collection('options', 'Options')['includeInputFields'],
		'Include Input Fields',
		false,
	);

/** Empty if no webhook is to be called. */
function readOptionalWebhookName(value: unknown): string {
	const name = readLocator(value, 'Webhook Name');
	return name === '' ? '' : requireWebhookName(name);
}

/** Like a model's parameters, it may be there for some items only. */
const readExtraBody = (value: unknown): JsonRecord =>
	typeof value === 'symbol' ? {} : readRecord(value, 'Extra Body');

/** @throws MonsterApiError when an option is invalid */
function readWaitOptions(options: JsonRecord, defaultSeconds: number): WaitOptions {
	const seconds = readNumber(options['timeout'], 'Timeout (Seconds)', defaultSeconds, 0);
	const interval = readNumber(options['pollIntervalSeconds'], 'Poll Interval (Seconds)', 0, 0);
	const intervalSeconds = Math.min(Math.max(interval, minPollSeconds), maxPollSeconds);
	return {
		timeoutMs: seconds === 0 ? Infinity : seconds * 1000,
		onTimeout: readChoice(options['onTimeout'], 'On Timeout', ['error', 'return']),
		...(interval === 0 ? {} : { schedule: fixedSchedule(intervalSeconds * 1000) }),
	};
}

/** The options of operations that start a deployment. */
export interface LaunchOptions extends WaitOptions {
	readonly terminateOnFailure: boolean;
}

/** @throws MonsterApiError when an option is invalid */
export function readLaunchOptions(parameters: Parameters): LaunchOptions {
	const options = parameters.collection('options', 'Options');
	return {
		...readWaitOptions(options, defaults.launchTimeoutSeconds),
		terminateOnFailure: parameters.flag('terminateOnFailure', 'Terminate on Failure', false),
	};
}

interface GenerationOptions {
	readonly timeoutMs: number;
	/** Whether to accept a certificate that cannot be verified. */
	readonly allowInvalidCertificate: boolean;
	readonly extraBody: JsonRecord;
}

/** The limit of one answer of a deployment, even if the user set none. */
const maxAnswerMs = 60 * 60_000;

/** @throws MonsterApiError when an option is invalid */
export function readGenerationOptions(parameters: Parameters): GenerationOptions {
	const options = parameters.collection('options', 'Options');
	const { timeoutMs } = readWaitOptions(options, defaults.timeoutSeconds);
	const label = 'Ignore SSL Issues (Insecure)';
	return {
		timeoutMs: Math.min(timeoutMs, maxAnswerMs),
		allowInvalidCertificate: readFlag(options['allowUnauthorizedCerts'], label, false),
		extraBody: readExtraBody(options['extraBody']),
	};
}

/**
 * How many items of the execution are handled concurrently: Infinity for all. Read separately, because the other options
 * may be invalid for one item only.
 * @throws MonsterApiError
 */
export function readMaxConcurrency(context: Pick<IExecuteFunctions, 'getNodeParameter'>): number {
	const parameters = createParameters(context, 0);
	const label = 'Max Concurrency';
	const limit = parameters.number('options.maxConcurrency', label, defaults.maxConcurrency, 0);
	return limit === 0 ? Infinity : Math.max(1, Math.floor(limit));
}
