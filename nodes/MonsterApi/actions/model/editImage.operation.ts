import type { Operation } from '../operation';
import { fileFields } from '../form/fileFields';
import { promptField, resultFields } from '../form/jobFields';
import { modelField } from '../form/modelFields';
import { runCatalogueModel } from '../run/runModel';
import { parametersField } from '../form/parameterFields';

export const editImage: Operation = {
	name: 'Edit Image',
	action: 'Edit image',
	description: 'Change an image, or create a similar one',
	fields: [
		modelField('imageEdit', 'pix2pix'),
		...fileFields('image', 'imageEdit'),
		promptField('e.g. Make it night'),
		parametersField('imageEdit'),
		...resultFields({ files: 'many', results: ['output'] }),
	],
	execute: (context) => runCatalogueModel(context, 'imageEdit'),
};
