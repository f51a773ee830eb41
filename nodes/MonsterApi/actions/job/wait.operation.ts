import { requireProcessId } from '../../../core/api/processId';
import { downloadField, simplifyField } from '../model/fields';
import type { Operation } from '../operation';
import { optionsField, readJobOptions } from '../options';
import { finishJob } from '../result';
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
		const processId = requireProcessId(parameters.text('processId'));
		context.accepted(processId);
		return await finishJob(context, {
			processId,
			options: readJobOptions(parameters),
			lookAtOnce: true,
		});
	},
};
