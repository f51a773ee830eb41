import { readLimits } from '../../../core/http/timeouts';
import { requireProcessId } from '../../../core/api/ids';
import { getStatus } from '../../../core/api/status';
import { downloadField, processIdField } from '../form/jobFields';
import type { Operation } from '../operation';
import { optionsField } from '../form/optionFields';
import { readJobOptions } from '../form/options';
import { outputFields } from '../form/outputFields';
import { toJobItems } from '../../../output/jobItem';
import { readOutputOptions } from '../run/awaitJob';
import { noteResult } from '../run/resultNotes';

export const get: Operation = {
	name: 'Get',
	action: 'Get job',
	description: 'Get the current status of a job, and its result if it has ended',
	fields: [
		processIdField,
		downloadField,
		...outputFields('credit_used', 'model', 'output', 'segments', 'text'),
		optionsField(
			'includeInputFields',
			'itemPerFile',
			'maxConcurrency',
			'maxFileSize',
			'outputBinaryField',
		),
	],
	async execute(context) {
		const { client, parameters } = context;
		const output = readOutputOptions(context, readJobOptions(parameters));
		const processId = requireProcessId(parameters.text('processId', 'Process ID'));
		const state = await getStatus(client, processId, readLimits(client.host.now()));
		noteResult(context, state);
		return await toJobItems(client, state, undefined, output);
	},
};
