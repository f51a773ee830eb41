import { styles } from './image-styles.mts';
import { textInput } from '../parameters.mts';

export interface ImagePrompt {
	readonly prompt: string;
	readonly negative: string;
	readonly notes: readonly string[];
}

/* In a prompt, sd-server reads `<sd_cpp_extra_args>{…}</sd_cpp_extra_args>` as settings: a user's prompt must not have any. */
const extraArguments = /<sd_cpp_extra_args>[^]*/i;
const extraArgumentsEnd = /<\/sd_cpp_extra_args>/i;
const extraArgumentsName = /sd_cpp_extra_args/gi;

/** A prompt in which sd-server finds no settings. What is left of a tag is renamed, so that no two pieces can form another. */
export const withoutExtraArguments = (prompt: string): string =>
	prompt
		.split(extraArgumentsEnd)
		// What follows the last end is no setting.
		.map((part, index, { length }) =>
			index < length - 1 ? part.replace(extraArguments, '') : part,
		)
		.join(' ')
		.replace(extraArgumentsName, 'sd-cpp-extra-args');

/** A job's prompt and negative prompt with its style in words: no engine knows MonsterAPI's 21 style names. */
export function imagePrompt(inputs: Readonly<Record<string, unknown>>): ImagePrompt {
	const prompt = withoutExtraArguments(textInput(inputs, 'prompt'));
	const negative = withoutExtraArguments(textInput(inputs, 'negprompt'));
	const name = textInput(inputs, 'style');
	if (name === '') return { prompt, negative, notes: [] };
	const style = styles.get(name);
	if (style === undefined) {
		return { prompt, negative, notes: [`'style' had no effect: '${name}' is not known`] };
	}
	return {
		prompt: `${prompt}, ${style.add}`,
		negative: [negative, style.avoid].filter((part) => part !== '').join(', '),
		notes: [],
	};
}

/** Inputs that every image driver reads by itself. */
export const promptInputs = ['prompt', 'negprompt', 'style', 'aspect_ratio'] as const;
