import { setTimeout as sleep } from 'node:timers/promises';

import type { CallbackRecord } from './callback-record.cjs';
import { jobStatus, type Job } from '../generate/job.cjs';
import type { JobStatus } from '../generate/job-status.cjs';
import type { Outgoing } from './outgoing.cjs';
import { resultPart } from '../status/result.cjs';
import type { State, Webhook } from '../state.cjs';

/** Longest real wait before the emulator's clock is looked at again: a test may have moved it. */
const longestWaitMs = 100;

/** Starts the callbacks of a job that was just accepted; without a webhook there are none. */
export function startCallbacks(state: State, job: Job): void {
	if (job.webhookName === undefined) return;
	const { signal } = state.outbox;
	follow(state, job, signal).catch((error: unknown) => {
		// A reset or the end of the emulator is not an error.
		if (!signal.aborted) console.error(error);
	});
}

/**
 * Sends the callbacks of a job again that it has come to so far.
 * @returns what was delivered
 */
export async function replayCallbacks(state: State, job: Job): Promise<readonly CallbackRecord[]> {
	const { signal } = state.outbox;
	const records: CallbackRecord[] = [];
	for (const { status, at } of changesOf(state, job)) {
		if (at <= state.now()) records.push(...(await deliver(state, job, status, signal)));
	}
	return records;
}

/** Callbacks of one job go one after the other, so that they arrive in the order in which they were sent. */
async function follow(state: State, job: Job, signal: AbortSignal): Promise<void> {
	const changes = changesOf(state, job);
	const { callbackDelayMs } = state.settings;
	// Lets the answer to the job's own request go first.
	await pause(0, signal);
	for (const { status, at } of changes) {
		for (;;) {
			const left = at + callbackDelayMs - state.now();
			if (left <= 0) break;
			await pause(Math.min(left, longestWaitMs), signal);
		}
		await deliver(state, job, status, signal);
	}
}

const pause = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { ref: false, signal });

/** The status changes of a job that call back, in the order in which they do. */
function changesOf({ settings }: State, job: Job) {
	const { callbackStatuses, callbackReorder } = settings;
	// Rounded up: a status request made on a callback must find the job at that status.
	const begun = job.createdAt + Math.ceil(job.queueMs);
	const ended = job.createdAt + Math.ceil(job.queueMs + job.workMs);
	const end = { status: jobStatus(job, ended), at: ended };
	const changes: ReadonlyArray<{ status: JobStatus; at: number }> = [
		{ status: 'IN_QUEUE', at: job.createdAt },
		...(callbackReorder
			? [end, { status: 'IN_PROGRESS' as const, at: ended }]
			: [{ status: 'IN_PROGRESS' as const, at: begun }, end]),
	];
	return changes.filter(({ status }) => callbackStatuses.includes(status));
}

/** Sends one status, repeats included and these at once: receivers must cope with that. */
async function deliver(
	state: State,
	job: Job,
	status: JobStatus,
	signal: AbortSignal,
): Promise<readonly CallbackRecord[]> {
	// Looked up only now: the URL may have been changed or deleted since the job was accepted.
	const webhook = state.webhooks.get(job.webhookName ?? '');
	if (webhook === undefined) return [];
	const outgoing = callbackOf(state, job, status, webhook);
	const write = (attempt: number, responseStatus: number, at: number) => {
		const { processId: process_id } = job;
		const { url_name } = webhook;
		const record = { at, url_name, process_id, status, attempt, responseStatus };
		state.callbacks.push(record);
		return record;
	};
	const copies = Array.from({ length: state.settings.callbackRepeat }, () =>
		deliverCopy(state, outgoing, signal, write),
	);
	return (await Promise.all(copies)).flat();
}

function callbackOf(state: State, job: Job, status: JobStatus, webhook: Webhook): Outgoing {
	const { callbackContentType: type } = state.settings;
	const { processId: process_id, model: model_name } = job;
	return {
		url: webhook.webhook_url,
		method: 'POST',
		headers: type === 'none' ? {} : { 'content-type': type },
		body: JSON.stringify({ process_id, model_name, status, ...resultPart(state, job, status) }),
	};
}

async function deliverCopy(
	state: State,
	outgoing: Outgoing,
	signal: AbortSignal,
	write: (attempt: number, responseStatus: number, at: number) => CallbackRecord,
): Promise<readonly CallbackRecord[]> {
	if (state.settings.callbackLostCount > 0) {
		state.settings.callbackLostCount -= 1;
		return [write(0, 0, state.now())];
	}
	const records: CallbackRecord[] = [];
	for (let attempt = 1; ; attempt++) {
		const at = state.now();
		const answer = await state.outbox.send(outgoing, signal);
		records.push(write(attempt, answer.status, at));
		const accepted = answer.status >= 200 && answer.status <= 299;
		if (accepted || attempt >= state.settings.callbackAttempts) return records;
		await pause(state.settings.callbackRetryMs, signal);
	}
}
