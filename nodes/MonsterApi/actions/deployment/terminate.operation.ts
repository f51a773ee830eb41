import { terminateDeployment } from '../../../core/deployments/start';
import { toJson } from '../../output/jobItem';
import type { Operation } from '../operation';
import { deploymentField, readDeploymentId } from '../form/deploymentFields';

export const terminate: Operation = {
	name: 'Terminate',
	action: 'Terminate a deployment',
	description:
		'End a deployment, so that it costs nothing more. One that has ended already is fine.',
	fields: [deploymentField],
	async execute({ client, parameters }) {
		const id = readDeploymentId(parameters);
		// Another item's failure does not break off what saves money; a stop does.
		const unhalted = client.withSignal(client.host.signal);
		const { alreadyEnded, raw } = await terminateDeployment(unhalted, id);
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
