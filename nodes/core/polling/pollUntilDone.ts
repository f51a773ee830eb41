import type { Due } from '../coalescingTimer';
import type { ReadLimits } from '../http/call';
import type { Client } from '../http/client';
import { MonsterApiError } from '../http/errors';
import { createKnob } from './pollCost';
import type { TrackedJob } from './adaptiveSchedule';
import type { Schedule } from './schedule';

/** What a look at something that takes its time must tell. */
export interface PollResult {
	/** How long the API asks to leave it alone, in milliseconds. */
	readonly retryAfterMs?: number;
}

/** Something that is looked at again and again until it has ended: a job, or a deployment that starts. */
export interface PollTarget<S extends PollResult> {
	poll(limits: ReadLimits): Promise<S>;
	/** Asked once for each sight. */
	isTerminal(seen: S): boolean;
	/** Whether its end tells how long others of its kind will take; it does when this is left out. */
	isRepresentative?(seen: S): boolean;
	/** The error that ends the wait, with what is known: it is paid for, whatever the fault. */
	toError(error: MonsterApiError, seen: S | undefined): MonsterApiError;
}

export interface PollOptions {
	/** Milliseconds to wait at most, from now; Infinity for no limit. */
	readonly timeoutMs: number;
	/** For what was begun some time ago: it may have ended long since. */
	readonly immediate?: boolean;
	/** The pace that a user wants, or one for what is unknown; it goes before that of the flight. */
	readonly schedule?: Schedule;
	/** What was handed over just now: told how it went, and asked for its pace. */
	readonly trackedJob?: TrackedJob;
}

export type PollOutcome<S> =
	| { readonly kind: 'ended'; readonly state: S }
	/** `state`: what was seen last, if anything was. It goes on. `heldBack`: the API allowed no last look. */
	| { readonly kind: 'timedOut'; readonly state: S | undefined; readonly rateLimited?: true };

/** The pace for something of which nothing is known. */
const { coldPauseMs } = createKnob();
const unknowing: Schedule = { pauseMs: (ageMs) => coldPauseMs(ageMs) };

/** Without a time limit, an API that answers nothing but faults for this long is given up. */
const patienceMs = 15 * 60_000;

/** What a look gets at least, from when it leaves: in a large batch the last one may have stood in line. */
const minTimeoutMs = 5_000;

/** What was accepted a moment ago may not be known everywhere yet. */
const settlingMs = 30_000;

/**
 * Waits until something has ended. Faults of single looks are waited out: what is paid for is not given up because the
 * API is away for a minute.
 * @throws MonsterApiError, explained by the subject, when the API refuses to tell
 * @throws StoppedError
 */
export async function pollUntilDone<S extends PollResult>(
	client: Client,
	subject: PollTarget<S>,
	options: PollOptions,
): Promise<PollOutcome<S>> {
	try {
		return await lookUntilEnd(client, subject, options);
	} finally {
		options.trackedJob?.complete();
	}
}

async function lookUntilEnd<S extends PollResult>(
	client: Client,
	subject: PollTarget<S>,
	options: PollOptions,
): Promise<PollOutcome<S>> {
	const { timer: alarm, host, signal } = client;
	const { trackedJob: flight } = options;
	const schedule = options.schedule ?? flight ?? unknowing;
	const startedAt = host.now();
	const deadline = startedAt + options.timeoutMs;
	let state: S | undefined;
	let lastRunningMs = 0;
	/** @param askedMs how long the API wants to be left alone */
	const sleep = (askedMs = 0): Promise<void> => {
		const [fellAsleepAt, draw] = [host.now(), host.random()];
		const due = (): Due => {
			const pause = schedule.pauseMs(fellAsleepAt - startedAt, draw, lastRunningMs);
			const moment = Math.min(fellAsleepAt + Math.max(pause, askedMs), deadline);
			// The last look is at the deadline itself: what is just ready then is not lost.
			return { dueAt: moment, earliestAt: moment === deadline ? deadline : fellAsleepAt + askedMs };
		};
		return alarm.wait(due(), signal, (move) =>
			schedule === flight ? flight.onReschedule(() => move(due())) : () => undefined,
		);
	};
	if (options.immediate !== true) await sleep();
	for (;;) {
		const lookedAt = host.now();
		const looked = await look(client, subject, deadline);
		if (looked === 'heldBack') return { kind: 'timedOut', state, rateLimited: true };
		if (looked === 'unseen') {
			if (host.now() >= deadline) return { kind: 'timedOut', state };
			// It gave up since its next pause would have gone past the deadline: the last look is still due.
			await alarm.wait({ dueAt: deadline, earliestAt: deadline }, signal);
			continue;
		}
		if (looked instanceof MonsterApiError) {
			if (!isTooEarly(looked, host.now() - startedAt, options))
				throw subject.toError(looked, state);
		} else {
			state = looked;
			if (subject.isTerminal(looked)) {
				const firstDoneMs = host.now() - startedAt;
				if (subject.isRepresentative?.(looked) !== false)
					flight?.complete({ lastRunningMs: lastRunningMs, firstDoneMs: firstDoneMs }, startedAt);
				return { kind: 'ended', state: looked };
			}
			lastRunningMs = lookedAt - startedAt;
		}
		if (host.now() >= deadline) return { kind: 'timedOut', state };
		await sleep(state?.retryAfterMs);
	}
}

const isTooEarly = (
	error: MonsterApiError,
	ageMs: number,
	{ immediate: lookAtOnce }: PollOptions,
): boolean => error.details.status === 404 && lookAtOnce !== true && ageMs < settlingMs;

/**
 * One look; its error as a value, since what it means depends on the time that is left. Where that runs out: `heldBack`
 * when the API wants no look before the deadline, `unseen` after faults.
 */
async function look<S extends PollResult>(
	client: Client,
	subject: PollTarget<S>,
	deadline: number,
): Promise<S | MonsterApiError | 'heldBack' | 'unseen'> {
	const limited = deadline !== Infinity;
	const until = limited ? deadline : client.host.now() + patienceMs;
	return await subject
		.poll({ maxAttempts: Infinity, deadline: until, minTimeoutMs: minTimeoutMs })
		.catch(async (error: unknown) => {
			if (!(error instanceof MonsterApiError)) return await Promise.reject(error);
			if (error.details.deadlineExceeded !== true || !limited) return error;
			return error.details.status === 429 ? 'heldBack' : 'unseen';
		});
}
