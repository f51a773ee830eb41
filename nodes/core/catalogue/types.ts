/** What a model produces, and therefore which operation runs it. */
export type Family = 'text' | 'image' | 'imageEdit' | 'transcription' | 'speech';

interface Described {
	/** Title Case, as shown in the form. */
	readonly label: string;
	/** Without a trailing period: forms append the range, and docs/models.md a period. */
	readonly description: string;
}

export interface NumberParameter extends Described {
	readonly type: 'integer' | 'number';
	/** The API's or its documentation's default. Only sent if the user adds the parameter. */
	readonly default?: number;
	readonly min?: number;
	readonly max?: number;
	/** The only valid values, in ascending order. */
	readonly values?: readonly number[];
}

interface StringParameter extends Described {
	readonly type: 'string';
	readonly default?: string;
	readonly multiline?: boolean;
	/** Whether it is a token or password, which is never shown. */
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

interface EnumValue {
	/** As shown in the form. */
	readonly label: string;
	/** As sent to the API. */
	readonly value: string;
}

export type Parameter = NumberParameter | StringParameter | BooleanParameter | EnumParameter;

/** The file that a model takes, sent as multipart data or as a URL under the same name. */
export interface FileInput extends Described {
	readonly parameter: 'file' | 'init_image_url';
	/** In lower case, without the dot. */
	readonly extensions: readonly string[];
	/** The boolean parameter that makes the file optional: the model reads the file only if it is true. */
	readonly enabledBy?: 'voice_clone';
}

export interface Model {
	/** The last segment of `POST /generate/{model}`, case-sensitive. */
	readonly id: string;
	readonly label: string;
	readonly family: Family;
	readonly description: string;
	/** Whether `prompt` is required; the optional prompt of a transcription is an ordinary parameter. */
	readonly promptRequired: boolean;
	/** By the API's own names, case-sensitive. */
	readonly parameters: Readonly<Record<string, Parameter>>;
	readonly file?: FileInput;
}
