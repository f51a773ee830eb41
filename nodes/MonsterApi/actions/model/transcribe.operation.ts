import type { Operation } from '../operation';
import { jobOptionsField } from '../optionFields';
import { fileFields, modelField, onlyWhenWaiting, waitField } from './fields';
import { simplifyField } from '../simplifyField';
import { runCatalogueModel } from './job';
import { parametersField } from '../parameterFields';

export const transcribe: Operation = {
	name: 'Transcribe',
	action: 'Transcribe audio or video',
	description: 'Turn speech into text, subtitles or words with times',
	fields: [
		modelField('transcription', 'whisper'),
		...fileFields(
			'recording',
			'An audio or video file: m4a, mp3, mp4, mpeg, mpga, ogg, wav or webm. Above 8 MB it goes by an upload link.',
		),
		parametersField('transcription'),
		waitField,
		onlyWhenWaiting(simplifyField),
		jobOptionsField(
			'extraBody',
			'maxConcurrency',
			'onTimeout',
			'polling',
			'pollIntervalSeconds',
			'timeout',
			'webhookName',
		),
	],
	execute: (context) => runCatalogueModel(context, 'transcription'),
};
