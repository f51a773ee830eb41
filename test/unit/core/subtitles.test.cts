import { parseJobState } from '../../../nodes/core/api/status';
import { createClient } from '../../../nodes/core/http/client';
import { simplify } from '../../../nodes/core/jobs/output';
import { missingFiles } from '../../../nodes/core/jobs/outputFiles';
import { downloadOutputs } from '../../../nodes/core/jobs/submit';
import { subtitleFile } from '../../../nodes/core/jobs/subtitles';
import { downloadWithinLimit } from '../../../nodes/core/webhook/outputs';
import { virtualHost } from '../../support/fakes/virtual-host.cjs';

const srt = '1\n00:00:00,000 --> 00:00:02,500\nHello\n\n2\n00:00:02,500 --> 00:00:04,000\nBye\n';
const stateOf = (result: unknown, status = 'COMPLETED') => {
	const parsed = parseJobState({ process_id: 'p', status, result }, 'p', []);
	if ('unreadable' in parsed) throw new Error(parsed.unreadable);
	return parsed.value;
};
const textOf = (result: unknown) => {
	const file = subtitleFile(stateOf(result));
	return file === undefined
		? undefined
		: new TextDecoder('utf-8', { ignoreBOM: true }).decode(file.bytes);
};

describe('the subtitles of a result', () => {
	test.each<[string, unknown]>([
		['a text', { text: srt }],
		['the result itself', srt],
		['under a name of their own', { srt }],
		['as subtitles', { subtitles: srt }],
		['as data', { data: srt }],
		['as output', { output: srt }],
	])('%s', (_name, result) => {
		expect(textOf(result)).toBe(srt);
		expect(simplify(stateOf(result), 'whisper')).toMatchObject({ text: srt });
		expect(missingFiles(stateOf(result), undefined, 'https://api.test/v1')).toBeUndefined();
	});

	test.each<[string, string]>([
		['lines of Windows', srt.replaceAll('\n', '\r\n')],
		['a byte order mark', `\uFEFF${srt}`],
		['blank lines in front', `\n\n${srt}`],
		['points in the times', srt.replaceAll(',', '.')],
	])('with %s', (_name, text) => expect(textOf({ text })).toBe(text));

	test.each<[string, unknown]>([
		['a transcript', { text: '1 o’clock --> the news' }],
		['words with times', { data: ['00:00:00,000 --> 00:00:01,000 :: Hello'] }],
		['speakers', { text: { Sequence: [{ transcription: 'Hello', start: 0, end: 1 }] } }],
		['an image', { output: ['https://f.test/a.png'] }],
		['nothing', undefined],
	])('%s is none', (_name, result) => expect(textOf(result)).toBeUndefined());

	test('a job that has not ended has none', () =>
		expect(subtitleFile(stateOf({ text: srt }, 'IN_PROGRESS'))).toBeUndefined());
});

test.each<[string | undefined, string]>([
	['talk.mp3', 'talk.srt'],
	['Call 2024.05.01 10.30.m4a', 'Call 2024.05.01 10.30.srt'],
	['no extension', 'no extension.srt'],
	['folder/Ünï "x" 🎤.oga', 'Ünï "x" 🎤.srt'],
	['..', 'p.srt'],
	[undefined, 'p.srt'],
])('the subtitles of %j are called %j', (recording, name) =>
	expect(subtitleFile(stateOf({ text: srt }), recording)).toMatchObject({
		name,
		mimeType: 'application/x-subrip',
	}),
);

test('node and trigger store them without a request', async () => {
	const host = virtualHost(() => {
		throw new Error('nothing is to be sent');
	});
	const client = createClient(host, { baseUrl: 'https://api.test/v1', secrets: [] });
	const state = stateOf({ text: srt });
	expect(await host.run(downloadOutputs(client, state, Infinity, 'talk.mp3'))).toEqual([
		'talk.srt',
	]);
	expect(await host.run(downloadWithinLimit(client, state, undefined))).toEqual({
		files: ['p.srt'],
	});
});
