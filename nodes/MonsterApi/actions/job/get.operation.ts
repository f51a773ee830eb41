import { attempts, patienceMs } from '../../../core/api/limits';
import { requireProcessId } from '../../../core/api/processId';
import { getStatus } from '../../../core/api/status';
import { downloadField, simplifyField } from '../model/fields';
import type { Operation } from '../operation';
import { optionsField, readJobOptions } from '../options';
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
		const state = await getStatus(client, processId, {
			attempts: attempts.read,
			until: client.host.now() + patienceMs.call,
		});
		return await toItem(client, state, undefined, form);
	},
};
