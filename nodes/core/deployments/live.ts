import type { Client } from '../http/client';
import { getDeployment, type Deployment } from '../api/deployment';
import { MonsterApiError, quoteRedacted } from '../http/errors';
import { fixedSchedule } from '../polling/schedule';
import { pollUntilDone, type PollOutcome, type PollOptions } from '../polling/pollUntilDone';
import { terminateDeployment } from './start';

export interface LiveOptions extends PollOptions {
	/** Whether a deployment that does not become live is ended. */
	readonly terminateOnFailure: boolean;
}

/** What became of a deployment that was to become live, when that is no error. */
export type Live =
	| { readonly kind: 'live'; readonly deployment: Deployment }
	| {
			readonly kind: 'timedOut';
			/** As it was seen last. */
			readonly deployment: Deployment | undefined;
			readonly fate: TerminationStatus;
			/** Whether the API's rate limit allowed no last look. */
			readonly heldBack: boolean;
	  };

/** Whether a deployment that did not become live still costs money. */
export type TerminationStatus = 'running' | 'terminated' | 'unknown';

/** Launches take minutes, and each minute is paid: half a minute late in ten would be dear, asking is free. */
const defaultSchedule = fixedSchedule(5_000);

/** The time limit of an ending after a stop, when nobody waits for it any more. */
const afterStopMs = 30_000;

/** A deployment of this age is known everywhere at the API. */
export const consistencyDelayMs = 30_000;

/**
 * Waits until a deployment is live, beginning when it is launched. With `terminateOnFailure` one that is not, for
 * whatever reason, is ended: also when the execution has been stopped.
 * @param tell told what became of one that is not live
 * @throws MonsterApiError with the deployment's id when its launch failed or the API refuses to tell
 * @throws StoppedError
 */
export async function waitUntilLive(
	client: Client,
	id: string,
	options: LiveOptions,
	tell: (fate: TerminationStatus) => void,
): Promise<Live> {
	const startedAt = client.host.now();
	const fall = async (knownSince = startedAt + consistencyDelayMs): Promise<TerminationStatus> => {
		if (!options.terminateOnFailure) return 'running';
		const fate = await tryTerminate(client, id, knownSince);
		tell(fate);
		return fate;
	};
	const watched = await watchLaunch(client, id, options).catch(async (error: unknown) => {
		const fate = await fall();
		return await Promise.reject(
			error instanceof MonsterApiError ? withFate(error, id, fate) : error,
		);
	});
	if (watched.kind === 'timedOut') {
		const { state: deployment, rateLimited: heldBack = false } = watched;
		return { kind: 'timedOut', deployment, fate: await fall(), heldBack };
	}
	const { state } = watched;
	if (state.phase === 'live') return { kind: 'live', deployment: state };
	if (state.phase === 'failed') {
		const fate = await fall(client.host.now());
		throw withFate(launchError(state, fate), id, fate);
	}
	tell('terminated');
	throw new MonsterApiError(`The deployment was terminated before it was live (${state.status})`, {
		advice: `Its ID is ${id}. Look at its lines with Deployment > Get Logs, and at your credits.`,
		deploymentId: id,
		retryable: true,
	});
}

const watchLaunch = async (
	client: Client,
	id: string,
	options: LiveOptions,
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
 * Ends a deployment on the way out: its failure is told, but does not hide why it came to this.
 * @param consistentFrom the moment of the host's clock from which the API's word counts that there is no such deployment
 */
export async function tryTerminate(
	client: Client,
	id: string,
	consistentFrom: number,
): Promise<TerminationStatus> {
	const { host } = client;
	const limits = {
		consistentFrom,
		...(host.signal.aborted ? { deadline: host.now() + afterStopMs } : {}),
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

/** One that may still run must be looked at before another is started. */
const launchError = ({ message, status }: Deployment, fate: TerminationStatus): MonsterApiError =>
	new MonsterApiError(
		`MonsterAPI could not start the deployment: ${quoteRedacted(message ?? status, [])}`,
		{
			retryable: fate === 'terminated',
		},
	);

const withFate = (error: MonsterApiError, id: string, fate: TerminationStatus): MonsterApiError =>
	error.with({
		advice: [error.details.advice, describeTermination(id, fate)].filter(Boolean).join(' '),
		deploymentId: id,
	});

/** One or two sentences on a deployment that is not live: its id, and what to do about it. */
export function describeTermination(id: string, fate: TerminationStatus): string {
	switch (fate) {
		case 'terminated':
			return `Deployment ${id} was terminated.`;
		case 'running':
			return `Deployment ${id} may be running and cost money: look with Deployment > Get, and end it with Deployment > Terminate.`;
		case 'unknown':
			return `Deployment ${id} could not be terminated, so it may be running and cost money: end it with Deployment > Terminate.`;
	}
}
