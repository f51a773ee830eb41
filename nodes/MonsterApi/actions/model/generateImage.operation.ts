import type { Operation } from '../operation';
import { promptField, resultFields } from '../form/jobFields';
import { modelField } from '../form/modelFields';
import { runCatalogueModel } from '../run/runModel';
import { parametersField } from '../form/parameterFields';

export const generateImage: Operation = {
	name: 'Generate Image',
	action: 'Generate images from text',
	description: 'Generate images from a prompt',
	fields: [
		modelField('image', 'sdxl-base'),
		promptField('e.g. A lighthouse in a storm, oil painting'),
		parametersField('image'),
		...resultFields({ files: 'many', results: ['output'] }),
	],
	execute: (context) => runCatalogueModel(context, 'image'),
};
