import type { CommandConfig } from './command-config.mts';
import type { Transcript, TranscriptWord } from '../engine.mts';
import { parseJson } from '../json.mts';
import { parseSrt } from '../transcripts/subtitles.mts';
import { parseVerboseJson, parseWhisperCliJson } from '../transcripts/whisper-json.mts';

/** @throws Error when the configuration's `words` is no regular expression with the three groups */
export function wordPattern(words: string | undefined): RegExp | undefined {
	if (words === undefined) return undefined;
	for (const group of ['word', 'start', 'end']) {
		if (!words.includes(`(?<${group}>`))
			throw new Error(`words: the group (?<${group}>…) is missing`);
	}
	return new RegExp(words);
}

/** Reads a program's transcript in the form that the configuration says; undefined when it is not in that form. */
export function parseTranscript(
	output: string,
	form: NonNullable<CommandConfig['result']>,
	words: RegExp | undefined,
): Transcript | undefined {
	switch (form) {
		case 'srt': {
			const segments = parseSrt(output);
			const text = segments.map((segment) => segment.text.replaceAll('\n', ' ')).join(' ');
			return segments.length > 0 || output.trim() === '' ? { text, segments } : undefined;
		}
		case 'whisper-json':
			return parseWhisperCliJson(parseJson(output)) ?? parseVerboseJson(parseJson(output));
		case 'text':
			return words === undefined ? { text: output.trim() } : withWords(output, words);
	}
}

/**
 * Lines that match are words with their times, the others are text. Recognizers of the Sphinx family write signs for silence
 * and noise among the words (`<s>`, `[NOISE]`, `++UM++`), and `on(2)` for the second pronunciation of a word.
 */
function withWords(output: string, pattern: RegExp): Transcript {
	const words: TranscriptWord[] = [];
	const lines: string[] = [];
	for (const line of output.split('\n')) {
		const groups = pattern.exec(line.trim())?.groups;
		if (groups === undefined) {
			lines.push(line.trim());
			continue;
		}
		const word = (groups['word'] ?? '').replace(/\(\d+\)$/, '');
		const start = Number(groups['start']);
		const end = Number(groups['end']);
		const isSpoken = word !== '' && !/^(<.*>|\[.*\]|\+\+.*\+\+)$/.test(word);
		if (isSpoken && Number.isFinite(start) && Number.isFinite(end))
			words.push({ word, start, end });
	}
	const text = lines.filter((line) => line !== '').join(' ');
	return { text: text === '' ? words.map(({ word }) => word).join(' ') : text, words };
}
