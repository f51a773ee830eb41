import { EngineError } from '../engine.mts';

/** What to do with the thoughts that a reasoning model writes before its answer. */
export type Thinking = 'drop' | 'keep';

export const thinkingProperty = {
	enum: ['drop', 'keep'],
	description: 'Whether thoughts in <think> before the answer are part of it',
	default: 'drop',
} as const;

export interface Answer {
	/** Undefined when the engine's answer has none, as of a model whose thoughts come in a field of their own. */
	readonly content: string | undefined;
	/** Whether it ended at the greatest length. */
	readonly cutOff: boolean;
}

/**
 * The answer without the thoughts of a reasoning model.
 * @throws EngineError (final) when the thoughts have left no room for an answer, since a repetition would end the same way;
 *     (failed) when there is no answer at all
 */
export function answerText({ content, cutOff }: Answer, thinking: Thinking = 'drop'): string {
	const text = content === undefined || thinking === 'keep' ? content : withoutThoughts(content);
	if (cutOff && (text === undefined || text === '')) {
		throw new EngineError(
			"The model used all of 'max_length' for its thoughts: give it more, or turn thinking off by 'extra'",
			'final',
		);
	}
	if (text === undefined) throw new EngineError('The engine’s answer has no text', 'failed');
	return text;
}

/**
 * Only a block at the beginning holds thoughts. Some chat templates open it themselves, so that the text has only its end; a
 * text that was cut off may have only its beginning.
 */
const withoutThoughts = (content: string): string => {
	const open = /^\s*<think>/.test(content);
	const end = content.indexOf('</think>');
	const thinks = open || (end !== -1 && !content.slice(0, end).includes('<think>'));
	if (!thinks) return content;
	return end === -1 ? '' : content.slice(end + '</think>'.length).trimStart();
};
