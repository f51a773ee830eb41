/** What a model makes, and so which operation of the node runs it. */
export type Family = 'text' | 'image' | 'imageEdit' | 'transcription' | 'speech';

interface Described {
	/** Title Case, as the form shows it. */
	readonly label: string;
	/** One sentence, without a full stop at its end (n8n's rule for descriptions). */
	readonly description: string;
}

export interface NumberParameter extends Described {
	readonly type: 'integer' | 'number';
	/** What the API uses, or its documentation shows, when the parameter is left out. Never sent unasked. */
	readonly default?: number;
	readonly min?: number;
	readonly max?: number;
	/** The only values that are taken, in ascending order. */
	readonly values?: readonly number[];
}

export interface StringParameter extends Described {
	readonly type: 'string';
	readonly default?: string;
	readonly multiline?: boolean;
	/** Whether it is never shown: a token or password. */
	readonly secret?: boolean;
}

export interface BooleanParameter extends Described {
	readonly type: 'boolean';
	readonly default: boolean;
}

export interface EnumParameter extends Described {
	readonly type: 'enum';
	readonly default: string;
	readonly values: readonly EnumValue[];
}

export interface EnumValue {
	/** What the form shows. */
	readonly label: string;
	/** What the API takes. */
	readonly value: string;
}

export type Parameter = NumberParameter | StringParameter | BooleanParameter | EnumParameter;

/** The one file that a model takes, sent as a multipart part or as a URL under the same name. */
export interface FileInput extends Described {
	readonly parameter: 'file' | 'init_image_url';
	/** Lower case, without the dot. */
	readonly extensions: readonly string[];
	/** The boolean parameter that makes the model read the file; without it the file is always needed. */
	readonly enabledBy?: 'voice_clone';
}

export interface Model {
	/** The last segment of `POST /generate/{model}`, to the letter. */
	readonly id: string;
	readonly label: string;
	readonly family: Family;
	readonly description: string;
	/** Whether `prompt` is a required text of its own; the optional prompt of a transcription is a parameter. */
	readonly promptRequired: boolean;
	/** Keys are the API's own names, to the letter. */
	readonly parameters: Readonly<Record<string, Parameter>>;
	readonly file?: FileInput;
}
