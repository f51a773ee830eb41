import { speechLanguages, transcriptLanguages } from './languages';
import type { EnumParameter, Model, NumberParameter, Parameter } from './types';

const mediaExtensions = ['m4a', 'mp3', 'mp4', 'mpeg', 'mpga', 'ogg', 'wav', 'webm'] as const;

const mediaFile = {
	label: 'Audio or Video',
	parameter: 'file',
	extensions: mediaExtensions,
} as const;

const diarize: Parameter = {
	type: 'boolean',
	label: 'Diarize',
	description: 'Whether to tell the speakers apart',
	default: false,
};

const speakerCount: NumberParameter = {
	type: 'integer',
	label: 'Number of Speakers',
	description: 'How many people speak; used only with Diarize',
	min: 2,
	max: 10,
	default: 2,
};

const language: EnumParameter = {
	type: 'enum',
	label: 'Language',
	description: 'The language of the transcript; speech in another language is translated',
	default: 'en',
	values: transcriptLanguages,
};

const formats: Readonly<Record<string, string>> = {
	srt: 'Subtitles (SRT)',
	text: 'Plain Text',
	verbose: 'Verbose',
	word: 'Words with Times',
};

const transcriptionFormat = (...names: string[]): EnumParameter => ({
	type: 'enum',
	label: 'Transcription Format',
	description: 'The format of the transcript',
	default: 'text',
	values: names.map((value) => ({ label: formats[value] ?? value, value })),
});

/** A number from 0 up to the maximum in the vendor's SDK. */
const weight = (
	label: string,
	description: string,
	max: number,
	value: number,
): NumberParameter => ({ type: 'number', label, description, min: 0, max, default: value });

export const transcriptionModels: readonly Model[] = [
	{
		id: 'speech2text-v2',
		label: 'Whisper Large V3',
		family: 'transcription',
		description: 'Transcribes speech with 10 to 20 % fewer errors than Whisper Large V2',
		promptRequired: false,
		parameters: {
			diarize,
			do_sample: {
				type: 'boolean',
				label: 'Do Sample',
				description: 'Whether to sample instead of decoding greedily',
				default: true,
			},
			language,
			num_speakers: speakerCount,
			repetition_penalty: weight(
				'Repetition Penalty',
				'How strongly repetition is avoided',
				1.5,
				0.9,
			),
			temperature: weight('Temperature', 'How random the choice of words is', 1.5, 0.9),
			top_k: {
				type: 'integer',
				label: 'Top K',
				description: 'How many of the most likely tokens to consider at each step',
				default: 50,
			},
			top_p: weight('Top P', 'The cumulative probability of the tokens to consider', 1, 0.9),
			transcription_format: transcriptionFormat('text', 'srt'),
		},
		file: { ...mediaFile, description: 'The recording to transcribe' },
	},
	{
		id: 'whisper',
		label: 'Whisper Large V2',
		family: 'transcription',
		description: 'Transcribes speech in 99 languages, with speakers, subtitles or word timings',
		promptRequired: false,
		parameters: {
			beam_size: {
				type: 'integer',
				label: 'Beam Size',
				description: 'The width of the beam search: higher is better but slower',
				min: 1,
				max: 100,
				default: 5,
			},
			best_of: {
				type: 'integer',
				label: 'Best Of',
				description: 'How many transcripts to create, of which the best is returned',
				min: 1,
				default: 8,
			},
			diarize,
			language,
			num_speakers: speakerCount,
			prompt: {
				type: 'string',
				label: 'Prompt',
				description:
					'Opening sentence or comma-separated words, as an example of names and spelling',
				multiline: true,
			},
			remove_silence: {
				type: 'boolean',
				label: 'Remove Silence',
				description: 'Whether to remove silence before transcribing',
				default: false,
			},
			transcription_format: transcriptionFormat('text', 'srt', 'verbose', 'word'),
		},
		file: { ...mediaFile, description: 'The recording to transcribe' },
	},
];

const speakers = speechLanguages.flatMap(({ code, name }) =>
	Array.from({ length: 10 }, (_unused, number) => ({
		label: `${name} ${number}`,
		value: `${code}_speaker_${number}`,
	})),
);

const speechTemperature = (label: string, description: string): NumberParameter => ({
	type: 'number',
	label,
	description,
	min: 0.1,
	max: 1,
	default: 0.5,
});

export const speechModels: readonly Model[] = [
	{
		id: 'sunoai-bark',
		label: 'Suno Bark',
		family: 'speech',
		description: 'Speech in 13 languages, up to 60 minutes, with laughter, music and sound effects',
		promptRequired: true,
		parameters: {
			sample_rate: {
				type: 'integer',
				label: 'Sample Rate',
				description: 'Sample rate of the audio in hertz',
				default: 25000,
			},
			speaker: {
				type: 'enum',
				label: 'Speaker',
				description: 'The language and voice of the speaker',
				default: 'en_speaker_6',
				values: speakers,
			},
			text_temp: speechTemperature('Text Temperature', 'How freely the text is spoken'),
			wave_temp: speechTemperature(
				'Waveform Temperature',
				'How much the sound of the voice varies',
			),
		},
		file: {
			...mediaFile,
			label: 'Voice Sample',
			description: 'The voice to imitate',
			enabledBy: 'voice_clone',
		},
	},
];
