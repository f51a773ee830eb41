import { getLogs as fetchLogs } from '../../../core/api/deployments';
import { toJson } from '../../output/jobItem';
import type { Operation } from '../operation';
import { readNumber } from '../run/parameters';
import { deploymentField, readDeploymentId } from '../form/deploymentFields';

const defaultLines = 30;

export const getLogs: Operation = {
	name: 'Get Logs',
	action: 'Get the logs of a deployment',
	description: 'Read the last lines that a deployment has written; none while it is too early',
	fields: [
		deploymentField,
		{
			displayName: 'Number of Lines',
			name: 'nLines',
			type: 'number',
			typeOptions: { minValue: 1, numberPrecision: 0 },
			default: defaultLines,
			description: 'How many lines to read at most',
		},
	],
	async execute({ client, parameters }) {
		const id = readDeploymentId(parameters);
		const label = 'Number of Lines';
		const count = Math.floor(readNumber(parameters.text('nLines', label), label, defaultLines, 1));
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
