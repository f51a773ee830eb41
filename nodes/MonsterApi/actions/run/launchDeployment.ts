import type { DeploymentKind, Launch } from '../../../core/api/deploymentLifecycle';
import type { LaunchBody } from '../../../core/deployments/inputs';
import { startDeployment } from '../../../core/deployments/start';
import {
	describeTermination,
	tryTerminate,
	waitUntilLive,
} from '../../../core/deployments/waitUntilLive';
import { MonsterApiError } from '../../../core/http/errors';
import { quoteRedacted } from '../../../core/http/redaction';
import { consistencyDelayMs } from '../../../core/http/timeouts';
import type { ItemOutput } from '../../../output/jobItem';
import { toDeploymentJson } from '../../../output/json';
import { readLaunchOptions, type LaunchOptions } from '../form/options';
import type { ItemContext } from '../operation';
import { submitOnce } from './submitOnce';

/** Starts a deployment, and waits until it is live if the user wants that. */
export async function launchDeployment(
	context: ItemContext,
	kind: DeploymentKind,
	readBody: () => LaunchBody,
): Promise<ItemOutput> {
	const { client, parameters, calledByAgent } = context;
	// The whole form is read before anything is started, because an expression can fail.
	const wait = parameters.flag('waitUntilLive', 'Wait Until Live', true);
	// All options are about waiting.
	const options = wait ? readLaunchOptions(parameters) : undefined;
	const body = readBody();
	const submission = await submitOnce(
		context,
		{ kind, body: body.body },
		(billed) => (billed.kind === 'deployment' ? billed.submission : undefined),
		async () => await startDeployment(client, kind, body),
	);
	const deployment = submission.answer;
	const { id, token } = deployment;
	const consistentFrom = client.host.now() + consistencyDelayMs;
	context.trackBilled({
		kind: 'deployment',
		id,
		submission,
		...(options?.terminateOnFailure === true
			? { terminate: async () => (await tryTerminate(client, id, consistentFrom)) === 'terminated' }
			: {}),
	});
	if (options === undefined) {
		if (deployment.failure !== undefined) {
			throw new MonsterApiError(
				`MonsterAPI could not start the deployment: ${quoteRedacted(deployment.failure, body.secrets)}`,
				{ advice: describeTermination(id, 'running'), deploymentId: id, retryable: false },
			);
		}
		return { json: toDeploymentJson({ ...deployment.raw, deployment_id: id }, calledByAgent) };
	}
	const secrets = [...body.secrets, ...(token === undefined ? [] : [token])];
	return await awaitLive(
		{ ...context, client: client.withSecrets(...secrets) },
		submission,
		options,
	);
}

async function awaitLive(
	context: ItemContext,
	submission: { readonly request: string; readonly answer: Launch },
	options: LaunchOptions,
): Promise<ItemOutput> {
	const { id, raw } = submission.answer;
	const outcome = await waitUntilLive(context.client, id, options, (termination) => {
		// A termination that failed here is not tried again when the node fails.
		if (termination === 'terminated') context.untrackBilled();
		else context.trackBilled({ kind: 'deployment', id, submission });
	});
	// Taken from the parsed state, where the secrets of the launch are redacted.
	const message = outcome.deployment?.message;
	const withMessage = message === undefined ? {} : { message };
	if (outcome.kind === 'live') {
		const json = { ...raw, ...outcome.deployment.raw, ...withMessage, deployment_id: id };
		return { json: toDeploymentJson(json, context.calledByAgent) };
	}
	const { deployment, termination, rateLimited, fault } = outcome;
	if (options.onTimeout === 'return') {
		const json = {
			...raw,
			deployment_id: id,
			status: deployment?.status ?? 'unknown',
			...(fault === undefined ? withMessage : { message: fault.explanation }),
			timed_out: true,
			terminated: termination === 'terminated',
		};
		return { json: toDeploymentJson(json, context.calledByAgent) };
	}
	const inTime = `within ${options.timeoutMs / 1000} seconds`;
	const unread =
		deployment === undefined
			? `The deployment was started, but its status could not be read ${inTime}`
			: `The deployment was not live when its status was last read, and could not be read again ${inTime}`;
	const seen = fault === undefined ? `The deployment was not live ${inTime}` : unread;
	const cause = fault === undefined || rateLimited ? '' : `${fault.explanation} `;
	throw new MonsterApiError(
		rateLimited
			? `MonsterAPI’s rate limit left no time to see whether the deployment was live ${inTime}`
			: seen,
		{
			advice: `${cause}${describeTermination(id, termination)} Increase 'Timeout', or set 'On Timeout' to 'Return the Deployment as It Stands'.`,
			deploymentId: id,
			retryable: false,
		},
	);
}
