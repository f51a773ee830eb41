import { readLimits } from '../../../core/api/limits';
import { requireProcessId } from '../../../core/api/ids';
import { getStatus } from '../../../core/api/status';
import { downloadField } from '../model/fields';
import { simplifyField } from '../simplifyField';
import type { Operation } from '../operation';
import { optionsField } from '../optionFields';
import { readJobOptions } from '../options';
import { toItem } from '../../../host/item';
import { readItemForm } from '../result';
import { processIdField } from './fields';

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
		const form = readItemForm(context, readJobOptions(parameters).outputBinaryField);
		const processId = requireProcessId(parameters.text('processId', 'Process ID'));
		const state = await getStatus(client, processId, readLimits(client.host.now()));
		return await toItem(client, state, undefined, form);
	},
};
