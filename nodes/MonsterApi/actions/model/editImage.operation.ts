import type { Operation } from '../operation';
import { fileFields, modelField, promptField, resultFields } from '../form/jobFields';
import { runCatalogueModel } from '../run/runModel';
import { parametersField } from '../form/parameterFields';

export const editImage: Operation = {
	name: 'Edit Image',
	action: 'Edit an image',
	description: 'Let a model change an image, or make a new one like it',
	fields: [
		modelField('imageEdit', 'pix2pix'),
		...fileFields('image', 'imageEdit'),
		promptField('e.g. Make it night'),
		parametersField('imageEdit'),
		...resultFields({ files: true }),
	],
	execute: (context) => runCatalogueModel(context, 'imageEdit'),
};
