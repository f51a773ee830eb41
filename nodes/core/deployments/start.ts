import type { Client } from '../http/client';
import { deploy, type DeploymentKind, type Launch } from '../api/deploymentLifecycle';
import { MonsterApiError } from '../http/errors';
import { maxQueueMs } from '../http/timeouts';
import type { LaunchBody } from './inputs';

/**
 * Starts a deployment and logs its ID, so that it can be found whatever happens next: it costs money by the hour.
 * @throws MonsterApiError
 */
export async function startDeployment(
	client: Client,
	kind: DeploymentKind,
	{ body, secrets }: LaunchBody,
): Promise<Launch> {
	const { host } = client;
	const deadline = host.now() + maxQueueMs;
	const launch = await deploy(client.withSecrets(...secrets), kind, body, deadline).catch(
		async (error: unknown) => {
			// After a cancellation n8n shows no error: the log is the only trace.
			if (error instanceof MonsterApiError && error.details.maybeAccepted === true) {
				host.log(
					'MonsterAPI may have started a deployment whose ID is unknown: check with Deployment > Get Many',
					{},
				);
			}
			return await Promise.reject(error);
		},
	);
	// The ID is part of the message because n8n's default log drops the details.
	host.log(`MonsterAPI started deployment ${launch.id}`, { deploymentId: launch.id });
	return launch;
}
