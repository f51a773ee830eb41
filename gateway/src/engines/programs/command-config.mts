import { type ArgumentTemplate } from './command-template.mts';
import type { ObjectSchema } from '../driver.mts';

export interface CommandConfig {
	/** The program and its arguments. */
	readonly run: readonly ArgumentTemplate[];
	/** A template for the program's standard input. */
	readonly stdin?: string;
	/** Where the text of a text or transcription model is. */
	readonly text?: 'stdout' | 'file';
	/** What form a transcript has. */
	readonly result?: 'text' | 'srt' | 'whisper-json';
	/** A regular expression with the groups word, start and end: lines that match are word times and not text. */
	readonly words?: string;
	readonly env?: Readonly<Record<string, string>>;
	readonly maxOutputBytes?: number;
	readonly maxFileBytes?: number;
}

const template = { type: 'string' } as const;

export const commandSchema: ObjectSchema = {
	type: 'object',
	required: ['run'],
	properties: {
		run: {
			type: 'array',
			minItems: 1,
			items: { anyOf: [template, { type: 'array', minItems: 1, items: template }] },
			description: 'Program and arguments; an inner list is left out when a parameter is missing',
		},
		stdin: { type: 'string', description: "Template for the program's standard input" },
		text: { enum: ['stdout', 'file'], default: 'stdout', description: 'Where the text is' },
		result: {
			enum: ['text', 'srt', 'whisper-json'],
			default: 'text',
			description: 'What form a transcript has',
		},
		words: {
			type: 'string',
			description: 'Regular expression with the groups word, start, end (seconds)',
		},
		env: {
			type: 'object',
			additionalProperties: { type: 'string' },
			description: 'Further environment variables',
		},
		maxOutputBytes: { type: 'integer', minimum: 1, description: 'Of standard output or text file' },
		maxFileBytes: { type: 'integer', minimum: 1, description: 'Of all output files together' },
	},
};

/** Every text of the configuration in which placeholders are replaced. */
export const templatesOf = ({ run, stdin = '' }: CommandConfig): string[] => [...run.flat(), stdin];
