import type { Operation } from '../operation';
import { fileFields, modelField, resultFields } from '../form/jobFields';
import { runCatalogueModel } from '../run/runModel';
import { parametersField } from '../form/parameterFields';

export const transcribe: Operation = {
	name: 'Transcribe',
	action: 'Transcribe audio or video',
	description: 'Turn speech into text, subtitles or words with times',
	fields: [
		modelField('transcription', 'whisper'),
		...fileFields('recording', 'transcription'),
		parametersField('transcription'),
		...resultFields({ files: false }),
	],
	execute: (context) => runCatalogueModel(context, 'transcription'),
};
