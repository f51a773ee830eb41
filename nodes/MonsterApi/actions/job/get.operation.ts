import { readLimits } from '../../../core/http/limits';
import { requireProcessId } from '../../../core/api/ids';
import { getStatus } from '../../../core/api/status';
import { downloadField } from '../form/jobFields';
import { simplifyField } from '../form/simplifyField';
import type { Operation } from '../operation';
import { optionsField } from '../form/optionFields';
import { readJobOptions } from '../run/options';
import { toItem } from '../../output/jobItem';
import { readOutputOptions } from '../run/awaitJob';
import { processIdField } from '../form/processIdField';

export const get: Operation = {
	name: 'Get',
	action: 'Get a job',
	description: 'Look once at the status of a job, and take its result if it has ended',
	fields: [
		processIdField,
		downloadField,
		simplifyField,
		optionsField('maxConcurrency', 'outputBinaryField'),
	],
	async execute(context) {
		const { client, parameters } = context;
		const form = readOutputOptions(context, readJobOptions(parameters).outputBinaryField);
		const processId = requireProcessId(parameters.text('processId', 'Process ID'));
		const state = await getStatus(client, processId, readLimits(client.host.now()));
		return await toItem(client, state, undefined, form);
	},
};
