import { MonsterApiError } from '../../../core/http/errors';
import type { Operation } from '../operation';
import { fileFields, resultFields } from '../form/jobFields';
import { requirePrompt, runModel } from '../run/runModel';

export const run: Operation = {
	name: 'Run',
	action: 'Run any model',
	description: 'Send a JSON body of your own to any model, known to this node or not',
	fields: [
		{
			displayName: 'Model',
			name: 'model',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. sdxl-base',
			description: 'The ID of the model as it stands in the URL after /generate/',
		},
		{
			displayName: 'Body',
			name: 'body',
			type: 'json',
			typeOptions: { rows: 5 },
			default: '{\n  "prompt": ""\n}',
			description: 'The parameters of the model as a JSON object',
		},
		{
			displayName: 'File Parameter',
			name: 'fileParameter',
			type: 'string',
			default: '',
			placeholder: 'e.g. file',
			description:
				'The parameter that takes a file, such as file or init_image_url. Leave it empty for a model without one.',
		},
		...fileFields('file', undefined, {
			fileParameter: [{ _cnd: { not: '' } }],
		}),
		...resultFields({ files: true, ownBody: true }),
	],
	async execute(context) {
		const { parameters } = context;
		const model = parameters.text('model', 'Model').trim();
		if (model === '') {
			throw new MonsterApiError('The model is empty', {
				advice: 'Give the ID of a model, such as sdxl-base.',
				retryable: false,
			});
		}
		const inputs = parameters.record('body', 'Body');
		const parameter = parameters.text('fileParameter', 'File Parameter').trim();
		if (inputs['prompt'] === '' && parameter === '') requirePrompt('');
		return await runModel(context, {
			model,
			inputs,
			...(parameter === '' ? {} : { fileRule: { parameter, label: parameter, extensions: [] } }),
		});
	},
};
