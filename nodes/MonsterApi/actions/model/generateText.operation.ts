import type { Operation } from '../operation';
import { promptField, resultFields } from '../form/jobFields';
import { modelField } from '../form/modelFields';
import { runCatalogueModel } from '../run/runModel';
import { parametersField } from '../form/parameterFields';

export const generateText: Operation = {
	name: 'Generate Text',
	action: 'Generate text',
	description: 'Generate text from a prompt with a language model',
	fields: [
		modelField('text', 'llama2-7b-chat'),
		promptField('e.g. Write a friendly reminder to pay invoice 1042'),
		parametersField('text'),
		...resultFields({ files: 'none', results: ['text'] }),
	],
	execute: (context) => runCatalogueModel(context, 'text'),
};
