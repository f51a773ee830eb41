import type { Operation } from '../operation';
import { fileFields } from '../form/fileFields';
import { resultFields } from '../form/jobFields';
import { modelField } from '../form/modelFields';
import { runCatalogueModel } from '../run/runModel';
import { parametersField } from '../form/parameterFields';

export const transcribe: Operation = {
	name: 'Transcribe',
	action: 'Transcribe audio or video',
	description: 'Transcribe speech to text, subtitles or timed words',
	fields: [
		modelField('transcription', 'whisper'),
		...fileFields('recording', 'transcription'),
		parametersField('transcription'),
		...resultFields({ files: 'subtitles', results: ['segments', 'text'] }),
	],
	execute: (context) => runCatalogueModel(context, 'transcription'),
};
