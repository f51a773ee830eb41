import { requireProcessId } from '../../../core/api/processId';
import { downloadField, simplifyField } from '../model/fields';
import type { Operation } from '../operation';
import { optionsField, readJobOptions } from '../options';
import { finishJob, readItemForm } from '../result';
import { processIdField } from './fields';

export const wait: Operation = {
	name: 'Wait',
	action: 'Wait for a job',
	description: 'Wait until a job that was handed over earlier has ended, and take its result',
	fields: [
		processIdField,
		downloadField,
		simplifyField,
		optionsField(
			'maxConcurrency',
			'onTimeout',
			'outputBinaryField',
			'pollIntervalSeconds',
			'timeout',
		),
	],
	async execute(context) {
		const { parameters } = context;
		const options = readJobOptions(parameters);
		const form = readItemForm(context, options.outputBinaryField);
		const processId = requireProcessId(parameters.text('processId', 'Process ID'));
		context.accepted(processId);
		return await finishJob(context, { processId, options, form, lookAtOnce: true });
	},
};
