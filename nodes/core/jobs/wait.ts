import type { Client } from '../api/client';
import { MonsterApiError } from '../api/errors';
import { getStatus, type JobState } from '../api/status';
import { adaptiveSchedule, type Schedule } from './schedule';

export interface WaitOptions {
	/** Milliseconds to wait at most, from now; Infinity for no limit. */
	readonly timeoutMs: number;
	/** For a job that was submitted some time ago: it may have ended long since. */
	readonly lookAtOnce?: boolean;
	readonly schedule?: Schedule;
}

export type Waited =
	| { readonly kind: 'ended'; readonly state: JobState }
	/** `state`: what was seen last, if anything was. The job goes on. */
	| { readonly kind: 'timedOut'; readonly processId: string; readonly state: JobState | undefined };

/** Looks at a finished job that has no result yet: the result may be written a moment later. */
const looksForResult = 3;

/** Without a time limit, an API that answers nothing but faults for this long is given up. */
const patienceMs = 15 * 60_000;

/**
 * Waits until a job has ended. Faults of single looks are waited out: a job that is paid is not given up because the
 * API is away for a minute.
 * @throws MonsterApiError with the process id when the API refuses to tell
 * @throws StoppedError
 */
export async function waitForJob(
	client: Client,
	processId: string,
	options: WaitOptions,
): Promise<Waited> {
	const { host, signal } = client;
	const schedule = options.schedule ?? adaptiveSchedule;
	const startedAt = host.now();
	const deadline = startedAt + options.timeoutMs;
	let state: JobState | undefined;
	let resultless = 0;
	let pause = options.lookAtOnce === true ? 0 : schedule.pauseMs(0, host.random());
	for (;;) {
		// The last look is at the deadline itself: a job that is just ready then is not lost.
		if (pause > 0) await host.sleep(Math.min(pause, deadline - host.now()), signal);
		const looked = await look(client, processId, deadline);
		if (looked === 'timeIsUp') return { kind: 'timedOut', processId, state };
		if (!(looked instanceof MonsterApiError)) state = looked;
		else if (!isTooEarly(looked, host.now() - startedAt, options)) {
			// The job is paid: whatever the fault, sending it again is no remedy.
			const known = { processId, retryable: false };
			throw looked.with(state === undefined ? known : { ...known, jobStatus: state.status });
		}
		if (state !== undefined && state.phase !== 'running') {
			const whole = state.phase === 'failed' || state.result !== undefined;
			if (whole || ++resultless >= looksForResult) return { kind: 'ended', state };
		}
		if (host.now() >= deadline) return { kind: 'timedOut', processId, state };
		pause = Math.max(schedule.pauseMs(host.now() - startedAt, host.random()), state?.askedMs ?? 0);
	}
}

/** A job that was accepted a moment ago may not be known everywhere yet. */
const isTooEarly = (error: MonsterApiError, ageMs: number, { lookAtOnce }: WaitOptions): boolean =>
	error.details.status === 404 && lookAtOnce !== true && ageMs < settlingMs;

const settlingMs = 30_000;

/** What a look gets at least, from when it leaves: in a large batch the last one may have stood in line. */
const graceMs = 5_000;

/** One look; its error as a value, since what it means depends on the time that is left. */
async function look(
	client: Client,
	processId: string,
	deadline: number,
): Promise<JobState | MonsterApiError | 'timeIsUp'> {
	const limited = deadline !== Infinity;
	const until = limited ? deadline : client.host.now() + patienceMs;
	return await getStatus(client, processId, { attempts: Infinity, until, graceMs }).catch(
		async (error: unknown) => {
			if (!(error instanceof MonsterApiError)) return await Promise.reject(error);
			return error.details.outOfTime === true && limited ? 'timeIsUp' : error;
		},
	);
}
