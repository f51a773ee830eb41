import type { Operation } from '../operation';
import { jobOptionsField } from '../options';
import {
	downloadField,
	modelField,
	onlyWhenWaiting,
	promptField,
	simplifyField,
	waitField,
} from './fields';
import { runCatalogueModel } from './job';
import { parametersField } from './parameterFields';

export const generateImage: Operation = {
	name: 'Generate Image',
	action: 'Generate images from text',
	description: 'Let a model paint what a prompt says',
	fields: [
		modelField('image', 'sdxl-base'),
		promptField('e.g. A lighthouse in a storm, oil painting'),
		parametersField('image'),
		waitField,
		onlyWhenWaiting(downloadField),
		onlyWhenWaiting(simplifyField),
		jobOptionsField(
			'extraBody',
			'maxConcurrency',
			'onTimeout',
			'outputBinaryField',
			'pollIntervalSeconds',
			'timeout',
			'webhookName',
		),
	],
	execute: async (context) => await runCatalogueModel(context, 'image'),
};
