import {
	getDeployment,
	terminate,
	type Termination,
	type TerminationLimits,
} from '../api/deploymentLifecycle';
import type { Client } from '../http/client';
import { MonsterApiError } from '../http/errors';
import { omitSecrets } from '../http/redaction';
import { totalTimeoutMs } from '../http/timeouts';
import type { JsonRecord } from '../json';

/** Milliseconds between attempts that the API answers with success, but does not confirm. */
const pausesMs = [1_000, 4_000];

/** A status that confirms a termination: read twice at most, 5 s at least. */
const statusLimits = { maxAttempts: 2, minTimeoutMs: 5_000 };

/**
 * Terminates a deployment. Succeeds if it had already ended. Only an answer that says so, or the deployment's own status,
 * counts: any server answers with 200, and what goes on running costs money.
 * @param limits two minutes by default, retries included
 * @throws MonsterApiError with the deployment's ID
 */
export async function terminateDeployment(
	client: Client,
	id: string,
	limits: Partial<TerminationLimits> = {},
): Promise<Termination> {
	const { host } = client;
	const deadline = limits.deadline ?? host.now() + totalTimeoutMs.call;
	const termination = await terminateAndConfirm(client, id, { ...limits, deadline }).catch(
		async (error: unknown) => await Promise.reject(withId(error, id)),
	);
	host.log(`MonsterAPI terminated deployment ${id}`, { deploymentId: id });
	return termination;
}

async function terminateAndConfirm(
	client: Client,
	id: string,
	limits: TerminationLimits,
): Promise<Termination> {
	const { host, signal } = client;
	const { deadline } = limits;
	for (let attempt = 0; ; attempt++) {
		const termination = await terminate(
			client,
			id,
			// After an answer with success, the API may no longer know what it has terminated.
			attempt === 0 ? limits : { consistentFrom: host.now(), ...limits },
		);
		const alreadyEnded = termination.alreadyEnded && attempt === 0;
		if (termination.confirmed) return { ...termination, alreadyEnded };
		const raw = await readEnd(client, id, limits);
		if (raw !== undefined) return { confirmed: true, quote: '', alreadyEnded, raw };
		const pauseMs = pausesMs[attempt];
		if (pauseMs === undefined || host.now() + pauseMs >= deadline) {
			throw new MonsterApiError('MonsterAPI did not confirm that the deployment was terminated', {
				advice: termination.quote,
				retryable: true,
			});
		}
		await host.sleep(pauseMs, signal);
	}
}

/** What the API says about a deployment that has ended; undefined if it may be running. */
async function readEnd(
	client: Client,
	id: string,
	{ deadline, consistentFrom = 0 }: TerminationLimits,
): Promise<JsonRecord | undefined> {
	const state = await getDeployment(client, id, { ...statusLimits, deadline }).catch(
		async (error: unknown) => {
			if (error instanceof MonsterApiError) return error;
			return await Promise.reject(error);
		},
	);
	if (!(state instanceof MonsterApiError)) {
		return state.phase === 'ended' ? omitSecrets(state.raw, client.secrets) : undefined;
	}
	return isUnknown(state) && client.host.now() >= consistentFrom ? {} : undefined;
}

const isUnknown = ({ details }: MonsterApiError): boolean =>
	/no such instance/i.test(details.reason ?? '');

function withId(error: unknown, id: string): unknown {
	if (!(error instanceof MonsterApiError)) return error;
	if (isUnknown(error)) return error.with({ deploymentId: id });
	const risk = `Deployment ${id} may still be running and cost money: check with Deployment > Get, and terminate it again.`;
	return error.with({
		advice: [error.details.advice, risk].filter(Boolean).join(' '),
		deploymentId: id,
	});
}
