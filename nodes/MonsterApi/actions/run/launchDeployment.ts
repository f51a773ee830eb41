import type { DeploymentKind, Launch } from '../../../core/api/deploy';
import { MonsterApiError } from '../../../core/http/errors';
import type { LaunchBody } from '../../../core/deployments/inputs';
import {
	tryTerminate,
	describeTermination,
	consistencyDelayMs,
	waitUntilLive,
} from '../../../core/deployments/live';
import { startDeployment } from '../../../core/deployments/start';
import type { ItemOutput } from '../../output/jobItem';
import type { ItemContext } from '../operation';
import { readLaunchOptions, type LaunchOptions } from './options';
import { toDeploymentJson } from '../../output/deploymentJson';

/** Starts a deployment, and waits until it is live where the user wants that. */
export async function launch(
	context: ItemContext,
	kind: DeploymentKind,
	readBody: () => LaunchBody,
): Promise<ItemOutput> {
	const { client, parameters } = context;
	// All of the form is read before anything is started: an expression can fail.
	const wait = parameters.flag('waitUntilLive', 'Wait Until Live', true);
	// The other options are about the wait.
	const options = wait ? readLaunchOptions(parameters) : undefined;
	const body = readBody();
	const begun = await startDeployment(client, kind, body);
	const { id, token } = begun;
	const consistentFrom = client.host.now() + consistencyDelayMs;
	context.trackBilled({
		kind: 'deployment',
		id,
		...(options?.terminateOnFailure === true
			? { end: async () => (await tryTerminate(client, id, consistentFrom)) === 'terminated' }
			: {}),
	});
	if (options === undefined)
		return { json: toDeploymentJson(context, { ...begun.raw, deployment_id: id }) };
	const secrets = [...body.secrets, ...(token === undefined ? [] : [token])];
	return await untilLive({ ...context, client: client.withSecrets(...secrets) }, begun, options);
}

async function untilLive(
	context: ItemContext,
	{ id, raw }: Launch,
	options: LaunchOptions,
): Promise<ItemOutput> {
	const outcome = await waitUntilLive(context.client, id, options, (fate) => {
		// What could not be ended here is not tried once more when the node fails.
		if (fate === 'terminated') context.untrackBilled();
		else context.trackBilled({ kind: 'deployment', id });
	});
	const message = outcome.deployment?.message;
	// As it was read: free of what the launch keeps secret.
	const said = message === undefined ? {} : { message };
	if (outcome.kind === 'live') {
		const { deployment } = outcome;
		return {
			json: toDeploymentJson(context, { ...raw, ...deployment.raw, ...said, deployment_id: id }),
		};
	}
	const { deployment, fate, heldBack } = outcome;
	if (options.onTimeout === 'return') {
		return {
			json: toDeploymentJson(context, {
				...raw,
				deployment_id: id,
				status: deployment?.status ?? 'unknown',
				...said,
				timed_out: true,
				terminated: fate === 'terminated',
			}),
		};
	}
	const seconds = options.timeoutMs / 1000;
	throw new MonsterApiError(
		heldBack
			? `MonsterAPI’s rate limit left no time to see whether the deployment was live within ${seconds} seconds`
			: `The deployment was not live within ${seconds} seconds`,
		{
			advice: `${describeTermination(id, fate)} Raise the Timeout option, or set On Timeout to return the deployment as it stands.`,
			deploymentId: id,
			retryable: false,
		},
	);
}
