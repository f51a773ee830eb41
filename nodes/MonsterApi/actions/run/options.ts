import type { IExecuteFunctions } from 'n8n-workflow';

import type { Polling } from '../../../core/polling/durationStats';
import { fixedSchedule, type Schedule } from '../../../core/polling/schedule';
import type { JsonRecord } from '../../../core/json';
import {
	readFlag,
	readRecord,
	readLocator,
	readNumber,
	readText,
	type Parameters,
} from './parameters';
import { defaults } from '../form/optionFields';

/** How to wait, as the user set it. */
export interface WaitChoices {
	/** Infinity for no limit. */
	readonly timeoutMs: number;
	readonly onTimeout: 'error' | 'return';
	/** The pace that the user wants in place of the usual one. */
	readonly schedule?: Schedule;
}

/** The options of operations that hand over a job or wait for one, as the user set them. */
export interface JobOptions extends WaitChoices {
	readonly polling: Polling;
	readonly webhookName: string;
	readonly outputBinaryField: string;
	readonly extraBody: JsonRecord;
}

/** Below this, waiting is asking all the time. */
const shortestPollSeconds = 0.25;

/** Beyond 24 days a timer of the platform fires at once; a day is long enough. */
const longestPollSeconds = 86_400;

/** @throws MonsterApiError when an option is not what it takes */
export function readJobOptions(parameters: Parameters): JobOptions {
	const options = parameters.record('options', 'Options');
	return {
		...readWaitOptions(options, defaults.timeoutSeconds),
		polling: readPolling(readText(options['polling'])),
		webhookName: readLocator(options['webhookName'], 'Webhook Name'),
		outputBinaryField: readText(options['outputBinaryField']).trim() || defaults.binaryField,
		extraBody: readRecord(options['extraBody'], 'Extra Body'),
	};
}

const readPolling = (word: string): Polling =>
	word === 'eager' || word === 'frugal' ? word : 'balanced';

/** @throws MonsterApiError when an option is not what it takes */
function readWaitOptions(options: JsonRecord, defaultSeconds: number): WaitChoices {
	const seconds = readNumber(options['timeout'], 'Timeout', defaultSeconds, 0);
	const poll = readNumber(options['pollIntervalSeconds'], 'Poll Interval', 0, 0);
	const pace = Math.min(Math.max(poll, shortestPollSeconds), longestPollSeconds);
	return {
		timeoutMs: seconds === 0 ? Infinity : seconds * 1000,
		onTimeout: readText(options['onTimeout']) === 'return' ? 'return' : 'error',
		...(poll === 0 ? {} : { schedule: fixedSchedule(pace * 1000) }),
	};
}

/** The options of operations that start a deployment, as the user set them. */
export interface LaunchOptions extends WaitChoices {
	readonly terminateOnFailure: boolean;
}

/** @throws MonsterApiError when an option is not what it takes */
export function readLaunchOptions(parameters: Parameters): LaunchOptions {
	const options = parameters.record('options', 'Options');
	return {
		...readWaitOptions(options, defaults.launchTimeoutSeconds),
		terminateOnFailure: readFlag(options['terminateOnFailure'], 'Terminate on Failure', false),
	};
}

export interface GenerationOptions {
	readonly timeoutMs: number;
	/** Whether a certificate that cannot be verified is accepted. */
	readonly unverified: boolean;
	readonly extraBody: JsonRecord;
}

/** One answer of a deployment takes no longer, even when the user set no limit. */
const longestAnswerMs = 60 * 60_000;

/** @throws MonsterApiError when an option is not what it takes */
export function readGenerationOptions(parameters: Parameters): GenerationOptions {
	const options = parameters.record('options', 'Options');
	const { timeoutMs } = readWaitOptions(options, defaults.timeoutSeconds);
	const label = 'Ignore SSL Issues';
	return {
		timeoutMs: Math.min(timeoutMs, longestAnswerMs),
		unverified: readFlag(options['allowUnauthorizedCerts'], label, false),
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
	const most = readNumber(given, 'Max Concurrency', defaults.maxConcurrency, 0);
	return most === 0 ? Infinity : Math.max(1, Math.floor(most));
}
