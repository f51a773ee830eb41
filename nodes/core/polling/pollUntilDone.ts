import type { Due } from '../coalescingTimer';
import { CancelledError } from '../host';
import type { ReadLimits } from '../http/call';
import type { Client } from '../http/client';
import { MonsterApiError } from '../http/errors';
import { consistencyDelayMs, maxAttempts } from '../http/timeouts';
import { onAbort } from '../onAbort';
import type { TrackedJob } from './durationStats';
import { coldSchedule, type Schedule } from './schedule';

/** What every poll must tell. */
export interface PollResult {
	/** How long the API asks not to be polled again, in milliseconds. */
	readonly retryAfterMs?: number;
}

/** Something that is polled until it has ended: a job, or a deployment that starts. */
export interface PollTarget<S extends PollResult> {
	poll(limits: ReadLimits): Promise<S>;
	/** Called once for each result. */
	isTerminal(state: S): boolean;
	/** Whether its end tells how long others of its kind will take; it does when this is left out. */
	isRepresentative?(state: S): boolean;
	/** The error that ends the wait, with the last known state: the job is paid for, whatever went wrong. */
	toError(error: MonsterApiError, state: S | undefined): MonsterApiError;
}

export interface PollOptions {
	/** Milliseconds to wait at most, from now; Infinity for no limit. */
	readonly timeoutMs: number;
	/** Polls at once, for what was started some time ago and may have ended long since. */
	readonly immediate?: boolean;
	/** Takes precedence over that of the tracked job. */
	readonly schedule?: Schedule;
	/** A job that was accepted just now: it gives the schedule and learns from the end. */
	readonly trackedJob?: TrackedJob;
}

export type PollOutcome<S> =
	| { readonly kind: 'ended'; readonly state: S }
	/**
	 * It had not ended when it was last seen. `state`: what was seen then, if it ever was. `fault`: why it could not be seen
	 * since. `rateLimited`: the API allowed no last poll.
	 */
	| {
			readonly kind: 'timedOut';
			readonly state: S | undefined;
			readonly fault?: MonsterApiError;
			readonly rateLimited?: true;
	  };

/** Without a time limit, an API that only fails for this long is given up. */
const maxOutageMs = 15 * 60_000;

/** What a poll gets at least, from when it is sent: in a large batch the last one may have been queued. */
const minTimeoutMs = 5_000;

/**
 * Polls until something has ended. Failures of single polls are waited out: what is paid for is not given up because the
 * API is away for a minute. Only where nothing has ever been seen, those end it that will hardly pass.
 * @throws MonsterApiError from `toError` when the API refuses to tell
 * @throws CancelledError
 */
export async function pollUntilDone<S extends PollResult>(
	client: Client,
	target: PollTarget<S>,
	options: PollOptions,
): Promise<PollOutcome<S>> {
	try {
		return await pollLoop(client, target, options);
	} finally {
		options.trackedJob?.complete();
	}
}

async function pollLoop<S extends PollResult>(
	client: Client,
	target: PollTarget<S>,
	options: PollOptions,
): Promise<PollOutcome<S>> {
	const { timer, host, signal } = client;
	const { trackedJob } = options;
	const schedule = options.schedule ?? trackedJob ?? coldSchedule();
	const startedAt = host.now();
	const deadline = startedAt + options.timeoutMs;
	let state: S | undefined;
	let fault: MonsterApiError | undefined;
	let lastRunningMs = 0;
	const timedOut = () =>
		({ kind: 'timedOut', state, ...(fault === undefined ? {} : { fault }) }) as const;
	const sleep = async (retryAfterMs = 0): Promise<void> => {
		const [now, random] = [host.now(), host.random()];
		const nextDue = (): Due => {
			const pause = schedule.pauseMs(now - startedAt, random);
			const dueAt = Math.min(now + Math.max(pause, retryAfterMs), deadline);
			// The last poll is at the deadline itself: what is just ready then is not lost.
			return { dueAt, earliestAt: dueAt === deadline ? deadline : now + retryAfterMs };
		};
		if (schedule === trackedJob) await reschedulableSleep(client, trackedJob, nextDue);
		else await timer.wait(nextDue(), signal);
	};
	if (options.immediate !== true) await sleep();
	for (;;) {
		const polledAt = host.now();
		// What was accepted just now, or seen before, is known to be there.
		const isReachable = options.immediate !== true || state !== undefined;
		const polled = await pollOnce(client, target, deadline, isReachable);
		fault = polled instanceof MonsterApiError ? polled : undefined;
		if (polled instanceof MonsterApiError && isOutOfTime(polled, deadline)) {
			if (polled.details.status === 429) return { ...timedOut(), rateLimited: true };
			if (host.now() >= deadline) return timedOut();
			// Its next attempt would have been past the deadline: the last poll is still due.
			await timer.wait({ dueAt: deadline, earliestAt: deadline }, signal);
			continue;
		}
		if (polled instanceof MonsterApiError) {
			if (!isTooEarly(polled, host.now() - startedAt, options)) throw target.toError(polled, state);
		} else {
			state = polled;
			if (target.isTerminal(polled)) {
				const firstDoneMs = host.now() - startedAt;
				if (target.isRepresentative?.(polled) !== false)
					trackedJob?.complete({ lastRunningMs, firstDoneMs }, startedAt);
				return { kind: 'ended', state: polled };
			}
			// When it was asked, not when the answer came.
			lastRunningMs = polledAt - startedAt;
		}
		if (host.now() >= deadline) return timedOut();
		await sleep(state?.retryAfterMs);
	}
}

/** Sleeps until a poll is due, which may change while others of its kind end. */
async function reschedulableSleep(
	{ timer, signal }: Client,
	job: TrackedJob,
	nextDue: () => Due,
): Promise<void> {
	for (;;) {
		const sleep = new AbortController();
		const forget = onAbort(signal, () => sleep.abort());
		job.onReschedule(() => sleep.abort());
		const isOver = await timer.wait(nextDue(), sleep.signal).then(
			() => true,
			() => false,
		);
		forget();
		if (isOver) return;
		if (signal.aborted) throw new CancelledError();
	}
}

const isTooEarly = (error: MonsterApiError, ageMs: number, { immediate }: PollOptions): boolean =>
	error.details.status === 404 &&
	error.details.wrongAddress !== true &&
	immediate !== true &&
	ageMs < consistencyDelayMs;

/** Whether a poll failed only because the time limit left none for another attempt. */
const isOutOfTime = ({ details }: MonsterApiError, deadline: number): boolean =>
	details.deadlineExceeded === true && deadline !== Infinity;

/** One poll; its error as a value, since what it means depends on the time that is left. */
async function pollOnce<S extends PollResult>(
	client: Client,
	target: PollTarget<S>,
	deadline: number,
	isReachable: boolean,
): Promise<S | MonsterApiError> {
	const limits: ReadLimits = {
		maxAttempts: Infinity,
		...(isReachable ? {} : { maxLastingAttempts: maxAttempts.read }),
		deadline: deadline === Infinity ? client.host.now() + maxOutageMs : deadline,
		minTimeoutMs,
	};
	return await target
		.poll(limits)
		.catch(async (error: unknown) =>
			error instanceof MonsterApiError ? error : await Promise.reject(error),
		);
}
