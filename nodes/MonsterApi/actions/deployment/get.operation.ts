import { getDeployment } from '../../../core/api/deploymentLifecycle';
import { readLimits } from '../../../core/http/timeouts';
import type { Operation } from '../operation';
import { deploymentField, readDeploymentId } from '../form/deploymentFields';
import { toDeploymentJson } from '../../../output/json';

export const get: Operation = {
	name: 'Get',
	action: 'Get deployment',
	description: 'Get the current status of a deployment, and the URL and token of a live one',
	fields: [deploymentField],
	async execute(context) {
		const { client, parameters, calledByAgent } = context;
		const id = readDeploymentId(parameters);
		const { raw, status, message } = await getDeployment(client, id, readLimits(client.host.now()));
		const json = {
			...raw,
			...(message === undefined ? {} : { message }),
			status,
			deployment_id: id,
		};
		return { json: toDeploymentJson(json, calledByAgent) };
	},
};
