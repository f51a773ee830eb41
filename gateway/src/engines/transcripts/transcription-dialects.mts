import { fieldProperties, httpProperties, modelProperty, type ObjectSchema } from '../driver.mts';
import type { HttpConfig } from '../http/engine-client.mts';
import type { JsonObject } from '../json.mts';
import type { FieldMap, FieldOverrides } from '../parameters.mts';

/** Which server it is, since each takes other fields. */
export type TranscriptionDialect = 'openai' | 'speaches' | 'localai' | 'vllm' | 'whispercpp';

/** How speakers are told apart by a call of its own. */
export interface DiarizeOptions {
	readonly path: string;
	readonly model?: string;
}

export interface TranscriptionOptions {
	readonly fields?: FieldOverrides;
	readonly extra?: JsonObject;
	readonly diarize?: DiarizeOptions;
}

export interface TranscriptionConfig extends HttpConfig, TranscriptionOptions {
	readonly model?: string;
	readonly dialect?: TranscriptionDialect;
	/** Below the base URL. */
	readonly path?: string;
}

interface Dialect {
	readonly path: string;
	readonly fields: FieldMap;
	/** The address that says whether the server is ready, where it lists no models. */
	readonly health?: string;
	readonly oneModel?: boolean;
	/** The word for finding the language out, for engines that assume English otherwise. */
	readonly anyLanguage?: string;
	/** Parameters that it honours without being asked. */
	readonly implied?: readonly string[];
	/** File name endings that it decodes by itself; undefined: all of them. */
	readonly reads?: readonly string[];
	/** The fields that ask for times and speakers. */
	formFor(inputs: Readonly<Record<string, unknown>>, model: string | undefined): JsonObject;
}

const path = 'audio/transcriptions';

/**
 * One form for every `transcription_format`, from which the gateway makes them all; words only when they are asked for, since
 * finding them costs time.
 */
const verbose = (inputs: Readonly<Record<string, unknown>>): JsonObject => ({
	response_format: 'verbose_json',
	'timestamp_granularities[]':
		inputs['transcription_format'] === 'word' ? ['segment', 'word'] : ['segment'],
});

export const dialects: Readonly<Record<TranscriptionDialect, Dialect>> = {
	openai: {
		path,
		fields: { prompt: 'prompt', temperature: 'temperature' },
		formFor(inputs, model = '') {
			if (model.includes('diarize')) {
				return { response_format: 'diarized_json', chunking_strategy: 'auto' };
			}
			// Only whisper-1 knows times.
			return model.startsWith('gpt-') ? { response_format: 'json' } : verbose(inputs);
		},
	},
	speaches: {
		path,
		fields: { prompt: 'prompt', temperature: 'temperature' },
		// It always leaves silence out.
		implied: ['remove_silence'],
		formFor: verbose,
	},
	localai: {
		path,
		fields: { prompt: 'prompt', temperature: 'temperature' },
		// It tells speakers apart unless it is told not to.
		formFor: (inputs) => ({
			...verbose(inputs),
			diarize: String(inputs['diarize'] === true),
		}),
	},
	vllm: {
		path,
		fields: {
			prompt: 'prompt',
			temperature: 'temperature',
			top_k: 'top_k',
			top_p: 'top_p',
			repetition_penalty: 'repetition_penalty',
			beam_size: 'n',
		},
		formFor(inputs) {
			const beams = inputs['beam_size'];
			const searches = typeof beams === 'number' && beams > 1;
			return { ...verbose(inputs), ...(searches ? { use_beam_search: true } : {}) };
		},
	},
	whispercpp: {
		path: 'inference',
		health: 'health',
		oneModel: true,
		anyLanguage: 'auto',
		reads: ['.wav', '.mp3', '.flac', '.ogg'],
		fields: {
			prompt: 'prompt',
			temperature: 'temperature',
			beam_size: 'beam_size',
			best_of: 'best_of',
		},
		formFor: () => ({ response_format: 'verbose_json' }),
	},
};

const optionProperties = {
	...fieldProperties,
	diarize: {
		type: 'object',
		additionalProperties: false,
		required: ['path'],
		properties: {
			path: { type: 'string', description: 'Below url, such as audio/diarization' },
			model: modelProperty,
		},
		description: 'The call that tells speakers apart, where the engine has one',
	},
} as const;

export const transcriptionSchema: ObjectSchema = {
	type: 'object',
	properties: {
		...httpProperties,
		...optionProperties,
		model: modelProperty,
		dialect: {
			enum: Object.keys(dialects),
			default: 'openai',
			description: 'Which server it is: decides the fields beside OpenAI’s own',
		},
		path: { type: 'string', description: 'Of the transcription call, below url' },
	},
	required: ['url'],
};

export const transcriptionModelSchema: ObjectSchema = {
	type: 'object',
	properties: optionProperties,
};
