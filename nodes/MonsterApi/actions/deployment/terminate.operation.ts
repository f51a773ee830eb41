import { terminateDeployment } from '../../../core/deployments/terminate';
import { toJson } from '../../../output/json';
import type { Operation } from '../operation';
import { deploymentField, readDeploymentId } from '../form/deploymentFields';

export const terminate: Operation = {
	name: 'Terminate',
	action: 'Terminate deployment',
	description: 'Terminate a deployment to stop billing. Succeeds if it has already ended.',
	fields: [deploymentField],
	async execute({ client, parameters }) {
		const id = readDeploymentId(parameters);
		// The failure of another item does not cancel what saves money; a cancelled execution does.
		const ownClient = client.withSignal(client.host.signal);
		const { alreadyEnded, raw } = await terminateDeployment(ownClient, id);
		return {
			json: toJson({
				...raw,
				deployment_id: id,
				terminated: true,
				already_terminated: alreadyEnded,
			}),
		};
	},
};
