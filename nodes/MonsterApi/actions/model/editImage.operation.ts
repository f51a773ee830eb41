import type { Operation } from '../operation';
import { jobOptionsField } from '../optionFields';
import {
	downloadField,
	fileFields,
	modelField,
	onlyWhenWaiting,
	promptField,
	waitField,
} from './fields';
import { simplifyField } from '../simplifyField';
import { runCatalogueModel } from './job';
import { parametersField } from '../parameterFields';

export const editImage: Operation = {
	name: 'Edit Image',
	action: 'Edit an image',
	description: 'Let a model change an image, or make a new one like it',
	fields: [
		modelField('imageEdit', 'pix2pix'),
		...fileFields('image', 'A JPEG or PNG file. Above 8 MB it goes by an upload link.'),
		promptField('e.g. Make it night'),
		parametersField('imageEdit'),
		waitField,
		onlyWhenWaiting(downloadField),
		onlyWhenWaiting(simplifyField),
		jobOptionsField(
			'extraBody',
			'maxConcurrency',
			'onTimeout',
			'outputBinaryField',
			'polling',
			'pollIntervalSeconds',
			'timeout',
			'webhookName',
		),
	],
	execute: (context) => runCatalogueModel(context, 'imageEdit'),
};
