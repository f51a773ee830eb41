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
		...fileFields(
			'voice sample',
			'An audio or video file: m4a, mp3, mp4, mpeg, mpga, ogg, wav or webm. Above 8 MB it goes by an upload link.',
			{ voiceClone: [true] },
		),
		parametersField('speech'),
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
	execute: (context) => runCatalogueModel(context, 'speech'),
};
