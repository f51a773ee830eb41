import { getDeployment } from '../../../core/api/deployment';
import { readLimits } from '../../../core/http/limits';
import type { Operation } from '../operation';
import { deploymentField, readDeploymentId } from '../form/deploymentFields';
import { toDeploymentJson } from '../../output/deploymentJson';

export const get: Operation = {
	name: 'Get',
	action: 'Get a deployment',
	description: 'Look once at the status of a deployment; a live one has its URL and token',
	fields: [deploymentField],
	async execute(context) {
		const { client, parameters } = context;
		const id = readDeploymentId(parameters);
		const { raw, status, message } = await getDeployment(client, id, readLimits(client.host.now()));
		return {
			json: toDeploymentJson(context, {
				...raw,
				...(message === undefined ? {} : { message }),
				status,
				deployment_id: id,
			}),
		};
	},
};
