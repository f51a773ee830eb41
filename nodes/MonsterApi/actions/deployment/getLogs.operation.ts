import { getLogs as fetchLogs } from '../../../core/api/deploymentInfo';
import { toJson } from '../../../output/json';
import type { Operation } from '../operation';
import { deploymentField, readDeploymentId } from '../form/deploymentFields';

const defaultLines = 30;

export const getLogs: Operation = {
	name: 'Get Logs',
	action: 'Get deployment logs',
	description: 'Get the last lines of a deployment’s log, which may still be empty',
	fields: [
		deploymentField,
		{
			displayName: 'Number of Lines',
			name: 'nLines',
			type: 'number',
			typeOptions: { minValue: 1, numberPrecision: 0 },
			default: defaultLines,
			description: 'Maximum number of lines to return',
		},
	],
	async execute({ client, parameters }) {
		const id = readDeploymentId(parameters);
		const count = Math.floor(parameters.number('nLines', 'Number of Lines', defaultLines, 1));
		const { lines, message } = await fetchLogs(client, id, count);
		return {
			json: toJson({
				deployment_id: id,
				logs: [...lines],
				...(message === undefined ? {} : { message }),
			}),
		};
	},
};
