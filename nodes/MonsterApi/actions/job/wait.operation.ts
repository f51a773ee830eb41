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
			'includeInputFields',
			'itemPerFile',
			'maxConcurrency',
			'maxFileSize',
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
		const output = readOutputOptions(context, options);
		const processId = requireProcessId(parameters.text('processId', 'Process ID'));
		context.trackBilled({ kind: 'job', id: processId });
		return await awaitJob(context, { processId, options, output }).catch(async (error: unknown) => {
			// Nobody knows whether it was ever accepted. A 404 for a result file is different.
			if (isUnseen(error)) context.untrackBilled();
			throw error;
		});
	},
};

const isUnseen = (error: unknown): boolean =>
	error instanceof MonsterApiError && error.details.jobStatus === undefined;
