import { getDeployment, type Deployment } from '../api/deploymentLifecycle';
import type { Client } from '../http/client';
import { MonsterApiError } from '../http/errors';
import { quoteRedacted } from '../http/redaction';
import { consistencyDelayMs } from '../http/timeouts';
import { pollUntilDone, type PollOptions, type PollOutcome } from '../polling/pollUntilDone';
import { fixedSchedule } from '../polling/schedule';
import { terminateDeployment } from './terminate';

interface LaunchWaitOptions extends PollOptions {
	/** Whether to terminate a deployment that does not become live. */
	readonly terminateOnFailure: boolean;
}

type LaunchOutcome =
	| { readonly kind: 'live'; readonly deployment: Deployment }
	| {
			readonly kind: 'timedOut';
			/** The last known state. */
			readonly deployment: Deployment | undefined;
			readonly termination: TerminationStatus;
			/** Whether the API's rate limit prevented the last poll. */
			readonly rateLimited: boolean;
			/** Why its state could not be read since. */
			readonly fault: MonsterApiError | undefined;
	  };

/** Whether a deployment that did not become live still costs money. */
export type TerminationStatus = 'running' | 'terminated' | 'unknown';

/** Launches take minutes, each of which is paid, while polling is free. */
const defaultSchedule = fixedSchedule(5_000);

/** How long a termination may take after a cancellation, when nobody is waiting for it. */
const terminateAfterCancelMs = 30_000;

/**
 * Waits until a deployment that was just started is live. With `terminateOnFailure` it is terminated if it does not become
 * live for whatever reason, including a cancelled execution.
 * @param onEnded told what became of a deployment that is not live
 * @throws MonsterApiError with the deployment's ID when its launch failed or the API refuses to tell
 * @throws CancelledError
 */
export async function waitUntilLive(
	client: Client,
	id: string,
	options: LaunchWaitOptions,
	onEnded: (termination: TerminationStatus) => void,
): Promise<LaunchOutcome> {
	const startedAt = client.host.now();
	const giveUp = async (
		consistentFrom = startedAt + consistencyDelayMs,
	): Promise<TerminationStatus> => {
		if (!options.terminateOnFailure) return 'running';
		const termination = await tryTerminate(client, id, consistentFrom);
		onEnded(termination);
		return termination;
	};
	const outcome = await pollLaunch(client, id, options).catch(async (error: unknown) => {
		const termination = await giveUp();
		throw error instanceof MonsterApiError ? withTermination(error, id, termination) : error;
	});
	if (outcome.kind === 'timedOut') {
		const { state: deployment, rateLimited = false, fault } = outcome;
		return { kind: 'timedOut', deployment, termination: await giveUp(), rateLimited, fault };
	}
	const { state } = outcome;
	if (state.phase === 'live') return { kind: 'live', deployment: state };
	if (state.phase === 'failed') {
		const termination = await giveUp(client.host.now());
		throw withTermination(launchError(state, termination), id, termination);
	}
	onEnded('terminated');
	throw new MonsterApiError(`The deployment was terminated before it was live (${state.status})`, {
		advice: `Its ID is ${id}. Check its logs with Deployment > Get Logs, and your credits.`,
		deploymentId: id,
		retryable: true,
	});
}

const pollLaunch = async (
	client: Client,
	id: string,
	options: LaunchWaitOptions,
): Promise<PollOutcome<Deployment>> =>
	await pollUntilDone<Deployment>(
		client,
		{
			poll: async (limits) => await getDeployment(client, id, limits),
			isTerminal: ({ phase }) => phase !== 'starting',
			toError: (error) => error.with({ retryable: false }),
		},
		{ schedule: defaultSchedule, ...options },
	);

/**
 * Terminates a deployment while something else is failing: its own failure is reported, but does not hide the cause.
 * @param consistentFrom on the host's clock; from then on the API is believed when it says that there is no such deployment
 */
export async function tryTerminate(
	client: Client,
	id: string,
	consistentFrom: number,
): Promise<TerminationStatus> {
	const { host } = client;
	const limits = {
		consistentFrom,
		...(host.signal.aborted ? { deadline: host.now() + terminateAfterCancelMs } : {}),
	};
	return await terminateDeployment(client.withoutAbort(), id, limits).then(
		(): TerminationStatus => 'terminated',
		(error: unknown): TerminationStatus => {
			const reason = error instanceof MonsterApiError ? error.message : String(error);
			host.log(`MonsterAPI deployment ${id} could not be terminated: ${reason}`, {
				deploymentId: id,
			});
			return 'unknown';
		},
	);
}

/** Not retryable while the failed deployment may still run. */
const launchError = (
	{ message, status }: Deployment,
	termination: TerminationStatus,
): MonsterApiError =>
	new MonsterApiError(
		`MonsterAPI could not start the deployment: ${quoteRedacted(message ?? status, [])}`,
		{ retryable: termination === 'terminated' },
	);

const withTermination = (
	error: MonsterApiError,
	id: string,
	termination: TerminationStatus,
): MonsterApiError =>
	error.with({
		advice: [error.details.advice, describeTermination(id, termination)].filter(Boolean).join(' '),
		deploymentId: id,
	});

/** One or two sentences about a deployment that is not live: its ID, and what to do about it. */
export function describeTermination(id: string, termination: TerminationStatus): string {
	switch (termination) {
		case 'terminated':
			return `Deployment ${id} was terminated.`;
		case 'running':
			return `Deployment ${id} may be running and cost money: check with Deployment > Get, and stop it with Deployment > Terminate.`;
		case 'unknown':
			return `Deployment ${id} could not be terminated, so it may be running and cost money: stop it with Deployment > Terminate.`;
	}
}
