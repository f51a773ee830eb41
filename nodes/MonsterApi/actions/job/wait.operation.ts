import { MonsterApiError } from '../../../core/http/errors';
import { requireProcessId } from '../../../core/api/ids';
import { downloadField } from '../form/jobFields';
import { simplifyField } from '../form/simplifyField';
import type { Operation } from '../operation';
import { optionsField } from '../form/optionFields';
import { readJobOptions } from '../run/options';
import { awaitJob, readOutputOptions } from '../run/awaitJob';
import { processIdField } from '../form/processIdField';

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
			'polling',
			'pollIntervalSeconds',
			'timeout',
		),
	],
	async execute(context) {
		const { parameters } = context;
		const options = readJobOptions(parameters);
		const form = readOutputOptions(context, options.outputBinaryField);
		const processId = requireProcessId(parameters.text('processId', 'Process ID'));
		context.trackBilled({ kind: 'job', id: processId });
		return await awaitJob(context, { processId, options, form }).catch(async (error: unknown) => {
			// A file that is not there is another matter: its job is paid.
			if (isUnknown(error)) context.untrackBilled();
			return await Promise.reject(error);
		});
	},
};

const isUnknown = (error: unknown): boolean =>
	error instanceof MonsterApiError &&
	error.details.status === 404 &&
	error.details.output === undefined;
