import type { Client } from '../http/client';
import {
	deploy,
	terminate,
	type DeploymentKind,
	type Launch,
	type Termination,
	type TerminationLimits,
} from '../api/deploy';
import { MonsterApiError } from '../http/errors';
import { patienceMs } from '../http/limits';
import type { LaunchBody } from './inputs';

/** How long a launch may be put off by 429s, in milliseconds. */
const longestQueueMs = 600_000;

/**
 * Starts a deployment, and writes its id to the log: what costs money by the hour can be traced whatever happens next.
 * @throws MonsterApiError
 */
export async function startDeployment(
	client: Client,
	kind: DeploymentKind,
	{ body, secrets }: LaunchBody,
): Promise<Launch> {
	const { host } = client;
	const until = host.now() + longestQueueMs;
	const launch = await deploy(client.withSecrets(...secrets), kind, body, until).catch(
		async (error: unknown) => {
			// After a stop, n8n shows no error: the log is the only trace.
			if (error instanceof MonsterApiError && error.details.maybeAccepted === true) {
				host.log(
					'MonsterAPI may have started a deployment whose ID is unknown: look with Deployment > Get Many',
					{},
				);
			}
			return await Promise.reject(error);
		},
	);
	// The id stands in the text itself: n8n's usual log drops the details.
	host.log(`MonsterAPI started deployment ${launch.id}`, { deploymentId: launch.id });
	return launch;
}

/**
 * Ends a deployment. One that had ended before counts as ended.
 * @param limits two minutes unless they say otherwise, pauses and further attempts included
 * @throws MonsterApiError
 */
export async function terminateDeployment(
	client: Client,
	id: string,
	limits: Partial<TerminationLimits> = {},
): Promise<Termination> {
	const { host } = client;
	const termination = await terminate(client, id, {
		deadline: host.now() + patienceMs.call,
		...limits,
	});
	host.log(`MonsterAPI terminated deployment ${id}`, { deploymentId: id });
	return termination;
}
