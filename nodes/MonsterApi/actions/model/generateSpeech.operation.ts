import type { Operation } from '../operation';
import { fileFields } from '../form/fileFields';
import { promptField, resultFields } from '../form/jobFields';
import { modelField } from '../form/modelFields';
import { runCatalogueModel } from '../run/runModel';
import { parametersField } from '../form/parameterFields';

export const generateSpeech: Operation = {
	name: 'Generate Speech',
	action: 'Generate speech from text',
	description: 'Generate speech from a text, with a built-in or a cloned voice',
	fields: [
		modelField('speech', 'sunoai-bark'),
		{
			...promptField('e.g. Hello, and welcome back! [laughs]'),
			displayName: 'Text',
			description: 'The text to speak',
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
		...resultFields({ files: 'one', results: ['output'] }),
	],
	execute: (context) => runCatalogueModel(context, 'speech'),
};
