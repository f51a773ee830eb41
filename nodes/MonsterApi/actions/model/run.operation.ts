import type { Operation } from '../operation';
import { fileFields } from '../form/fileFields';
import { resultFields } from '../form/jobFields';
import { anyModelField, readModelId } from '../form/modelFields';
import { requirePrompt, runModel } from '../run/runModel';

export const run: Operation = {
	name: 'Run',
	action: 'Run any model',
	description: 'Send your own JSON body to any model, even one that this node does not know',
	fields: [
		anyModelField,
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
				'The parameter that takes a file, such as file or init_image_url. Leave it empty if the model takes none.',
		},
		...fileFields('file', undefined, {
			fileParameter: [{ _cnd: { not: '' } }],
		}),
		...resultFields({ files: 'many', results: ['output', 'segments', 'text'], ownBody: true }),
	],
	async execute(context) {
		const { parameters } = context;
		const model = readModelId(parameters);
		const inputs = parameters.record('body', 'Body');
		const parameter = parameters.optionalText('fileParameter', 'File Parameter').trim();
		if (inputs['prompt'] === '' && parameter === '') requirePrompt('');
		return await runModel(context, {
			model,
			inputs,
			...(parameter === '' ? {} : { fileRule: { parameter, label: parameter, extensions: [] } }),
		});
	},
};
