import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EngineJob, Transcript } from '../../src/engines/engine.mts';
import { toResult } from '../../src/engines/result.mts';
import { assignSpeakers } from '../../src/engines/transcripts/speakers.mts';
import { clock, formatSrt, parseSrt } from '../../src/engines/transcripts/subtitles.mts';

const job = (inputs: Record<string, unknown>): EngineJob => ({
	model: 'whisper',
	engineModel: undefined,
	family: 'transcription',
	inputs,
	file: undefined,
	workFolder: '/nowhere',
});

const resultOf = (inputs: Record<string, unknown>, transcript: Transcript) =>
	toResult(job(inputs), { output: { kind: 'transcript', transcript }, notes: [] }, []);

const full: Transcript = {
	text: 'Hello there. Who is it?',
	language: 'en',
	duration: 3.2,
	segments: [
		{ start: 0, end: 1.5, text: 'Hello there.', speaker: 'A' },
		{ start: 1.5, end: 3661.0005, text: 'Who is it?', speaker: 'B' },
	],
	words: [
		{ start: 0, end: 0.5, word: 'Hello' },
		{ start: 0.5, end: 1.4996, word: 'there.' },
	],
};

test('text, and files by their URLs', () => {
	const text = { output: { kind: 'text', text: 'Hi' }, notes: [] } as const;
	assert.deepEqual(toResult(job({}), text, []), { text: 'Hi' });
	const files = { output: { kind: 'files', files: [] }, notes: ['n', 'n'] } as const;
	assert.deepEqual(toResult(job({}), files, ['u1', 'u2']), { output: ['u1', 'u2'], notes: ['n'] });
});

test('a transcript in each format of MonsterAPI', () => {
	assert.deepEqual(resultOf({}, full), { text: full.text });
	assert.deepEqual(resultOf({ transcription_format: 'text' }, full), { text: full.text });
	assert.deepEqual(resultOf({ transcription_format: 'srt' }, full), {
		text: '1\n00:00:00,000 --> 00:00:01,500\nHello there.\n\n2\n00:00:01,500 --> 01:01:01,001\nWho is it?\n',
	});
	assert.deepEqual(resultOf({ transcription_format: 'word' }, full), {
		data: ['00:00:00,000 --> 00:00:00,500 :: Hello', '00:00:00,500 --> 00:00:01,500 :: there.'],
	});
	assert.deepEqual(resultOf({ transcription_format: 'verbose' }, full), {
		text: full.text,
		language: 'en',
		duration: 3.2,
		segments: [
			{ id: 0, start: 0, end: 1.5, text: 'Hello there.', speaker: 'A' },
			{ id: 1, start: 1.5, end: 3661.0005, text: 'Who is it?', speaker: 'B' },
		],
		words: full.words,
	});
});

test('speakers win over the format', () => {
	assert.deepEqual(resultOf({ diarize: true, transcription_format: 'srt' }, full), {
		text: {
			Sequence: [
				{ speaker: 'A', start: 0, end: 1.5, transcription: 'Hello there.' },
				{ speaker: 'B', start: 1.5, end: 3661.0005, transcription: 'Who is it?' },
			],
		},
	});
});

test('without speakers the sequence keeps its shape, and a note says so', () => {
	const result = resultOf({ diarize: true }, { text: 'Hi', duration: 2 });
	assert.deepEqual(result['text'], { Sequence: [{ start: 0, end: 2, transcription: 'Hi' }] });
	assert.match(String(result['notes']), /'diarize' had no effect.*/);
});

test('subtitles from words: a pause or five seconds end one', () => {
	const words = [
		{ start: 0, end: 0.4, word: 'a' },
		{ start: 0.5, end: 1, word: 'b' },
		{ start: 2, end: 3, word: 'c' },
		{ start: 3, end: 6.9, word: 'd' },
		{ start: 6.9, end: 8, word: 'e' },
	];
	const { text } = resultOf({ transcription_format: 'srt' }, { text: 'a b c d e', words });
	assert.deepEqual(
		parseSrt(String(text)).map((cue) => [cue.start, cue.end, cue.text]),
		[
			[0, 1, 'a b'],
			[2, 6.9, 'c d'],
			[6.9, 8, 'e'],
		],
	);
});

test('words from segments are estimated by length, in order and within the segment', () => {
	const segments = [{ start: 10, end: 20, text: 'a bbbb  cc' }];
	const result = resultOf({ transcription_format: 'word' }, { text: 'a bbbb cc', segments });
	assert.deepEqual(result, {
		data: [
			'00:00:10,000 --> 00:00:12,000 :: a',
			'00:00:12,000 --> 00:00:17,000 :: bbbb',
			'00:00:17,000 --> 00:00:20,000 :: cc',
		],
		notes: ['The engine gave no word times: they are estimated from the segments.'],
	});
});

test('silence is an empty transcript in every format', () => {
	const silence = { text: '' };
	assert.deepEqual(resultOf({ transcription_format: 'srt' }, silence), { text: '' });
	assert.deepEqual(resultOf({ transcription_format: 'word' }, silence), { data: [] });
	assert.deepEqual(resultOf({ transcription_format: 'verbose' }, silence), {
		text: '',
		segments: [],
	});
});

test('subtitles survive being written and read, whatever is in the text', () => {
	const segments = [
		{ start: 0, end: 1, text: 'one\n\ntwo' },
		{ start: 1.001, end: 36_000, text: '3 --> 4' },
	];
	const read = parseSrt(formatSrt(segments).replaceAll('\n', '\r\n'));
	assert.deepEqual(read, [
		{ start: 0, end: 1, text: 'one\ntwo' },
		{ start: 1.001, end: 36_000, text: '3 --> 4' },
	]);
	assert.deepEqual(parseSrt('no subtitles'), []);
	assert.equal(clock(-1), '00:00:00,000');
});

test('a segment in which nobody talks has no speaker', () => {
	const segments = [{ start: 5, end: 6, text: 'x' }];
	assert.deepEqual(assignSpeakers(segments, [{ start: 0, end: 5, speaker: 'A' }]), segments);
});
