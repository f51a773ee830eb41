import type { Operation } from '../operation';
import { jobOptionsField } from '../optionFields';
import { downloadField, modelField, onlyWhenWaiting, promptField, waitField } from './fields';
import { simplifyField } from '../simplifyField';
import { runCatalogueModel } from './job';
import { parametersField } from '../parameterFields';

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
			'polling',
			'pollIntervalSeconds',
			'timeout',
			'webhookName',
		),
	],
	execute: (context) => runCatalogueModel(context, 'image'),
};
