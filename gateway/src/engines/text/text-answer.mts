/** What to do with the thoughts that a reasoning model writes before its answer. */
export type Thinking = 'drop' | 'keep';

export const thinkingProperty = {
	enum: ['drop', 'keep'],
	description: 'Whether thoughts in <think> before the answer are part of it',
	default: 'drop',
} as const;

/**
 * The answer without the thoughts of a reasoning model. Only a block at the beginning is one; some chat templates open it
 * themselves, so that the text has only its end.
 */
export function answerText(content: string, thinking: Thinking = 'drop'): string {
	if (thinking === 'keep') return content;
	return content.replace(/^\s*(?:<think>)?(?:(?!<think>)[^])*?<\/think>\s*/, '');
}
