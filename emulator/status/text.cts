import { asText } from '../as-text.cjs';
import type { Job } from '../generate/job.cjs';

/** Longest piece of a prompt that an answer repeats, in characters. */
const echoLength = 120;

/** An answer that could come from a language model, always the same for the same prompt, and says what it is. */
export function answerText({ model, inputs }: Pick<Job, 'model' | 'inputs'>): string {
	const prompt = asText(inputs['prompt']).trim();
	const words = prompt.split(/\s+/).filter((word) => word !== '');
	const guidance = inputs['system_prompt'];
	const answer = [
		`[emulated] ${model} was asked: “${shorten(prompt, echoLength)}”`,
		typeof guidance === 'string' ? `It was told to: “${shorten(guidance, echoLength)}”` : '',
		`The prompt has ${words.length} ${words.length === 1 ? 'word' : 'words'}.`,
		'No model ran; on the real service its answer would be here.',
	]
		.filter((sentence) => sentence !== '')
		.join(' ');
	const most = inputs['max_length'];
	return typeof most === 'number' ? answer.split(' ').slice(0, most).join(' ') : answer;
}

/** The beginning of a text, on one line. */
function shorten(text: string, length: number): string {
	const line = text.replace(/\s+/g, ' ');
	return line.length <= length ? line : `${line.slice(0, length - 1)}…`;
}
