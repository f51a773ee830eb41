import type { Operation } from '../operation';
import { fileFields, modelField, promptField, resultFields } from '../form/jobFields';
import { runCatalogueModel } from '../run/runModel';
import { parametersField } from '../form/parameterFields';

export const generateSpeech: Operation = {
	name: 'Generate Speech',
	action: 'Generate speech from text',
	description: 'Let a model speak a text, in a voice of its own or in yours',
	fields: [
		modelField('speech', 'sunoai-bark'),
		{
			...promptField('e.g. Hello, and welcome back! [laughs]'),
			displayName: 'Text',
			description: 'What to speak',
		},
		{
			displayName: 'Clone a Voice',
			name: 'voiceClone',
			type: 'boolean',
			default: false,
			description: 'Whether to imitate the voice of a recording',
		},
		...fileFields('voice sample', 'speech', { voiceClone: [true] }),
		parametersField('speech'),
		...resultFields({ files: true }),
	],
	execute: (context) => runCatalogueModel(context, 'speech'),
};
