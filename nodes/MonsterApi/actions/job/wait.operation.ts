import { MonsterApiError } from '../../../core/http/errors';
import { requireProcessId } from '../../../core/api/ids';
import { downloadField, processIdField } from '../form/jobFields';
import type { Operation } from '../operation';
import { optionsField } from '../form/optionFields';
import { readJobOptions } from '../form/options';
import { outputFields } from '../form/outputFields';
import { awaitJob, readOutputOptions } from '../run/awaitJob';

export const wait: Operation = {
	name: 'Wait',
	action: 'Wait for job',
	description: 'Wait until a job that was submitted earlier has ended, and get its result',
	fields: [
		processIdField,
		downloadField,
		...outputFields('credit_used', 'model', 'output', 'segments', 'text'),
		optionsField(
			'maxConcurrency',
			'onTimeout',
			'outputBinaryField',
			'polling',
			'pollIntervalSeconds',
			'timeout',
		),
	],
	async execute(context) {
		const { parameters } = context;
		const options = readJobOptions(parameters);
		const output = readOutputOptions(context, options.outputBinaryField);
		const processId = requireProcessId(parameters.text('processId', 'Process ID'));
		context.trackBilled({ kind: 'job', id: processId });
		return await awaitJob(context, { processId, options, output }).catch(async (error: unknown) => {
			// A 404 for a result file is different: its job has been billed.
			if (isUnknownJob(error)) context.untrackBilled();
			throw error;
		});
	},
};

const isUnknownJob = (error: unknown): boolean =>
	error instanceof MonsterApiError &&
	error.details.status === 404 &&
	error.details.wrongAddress !== true &&
	error.details.output === undefined;
