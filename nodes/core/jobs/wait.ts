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

/** An API that answers nothing but faults for this long is given up, whatever the time limit. */
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
		if (looked instanceof MonsterApiError) {
			throw looked.with({ processId, ...(state && { jobStatus: state.status }) });
		}
		state = looked;
		const ended = state.phase !== 'running';
		const complete = state.phase !== 'completed' || state.result !== undefined;
		if (ended && (complete || ++resultless >= looksForResult)) return { kind: 'ended', state };
		if (host.now() >= deadline) return { kind: 'timedOut', processId, state };
		pause = schedule.pauseMs(host.now() - startedAt, host.random());
	}
}

/** The look at the deadline itself still gets the time of one request. */
const shortestLookMs = 1_000;

/** One look; its error as a value, since what it means depends on the time that is left. */
async function look(
	client: Client,
	processId: string,
	deadline: number,
): Promise<JobState | MonsterApiError | 'timeIsUp'> {
	const now = client.host.now();
	const patient = now + patienceMs;
	const until = Math.max(now + shortestLookMs, Math.min(deadline, patient));
	return await getStatus(client, processId, { attempts: Infinity, until }).catch(
		async (error: unknown) => {
			if (!(error instanceof MonsterApiError)) return await Promise.reject(error);
			return error.details.outOfTime === true && deadline <= patient ? 'timeIsUp' : error;
		},
	);
}
