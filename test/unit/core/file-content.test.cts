import { Readable } from 'node:stream';

import { downloadFile } from '../../../nodes/core/files/download';
import type { HttpResult } from '../../../nodes/core/host';
import { MonsterApiError } from '../../../nodes/core/http/errors';
import { downloadOutputs } from '../../../nodes/core/jobs/submit';
import { clientOf } from '../../support/fakes/deployment.cjs';
import { virtualHost } from '../../support/fakes/virtual-host.cjs';

const file = (content: string | Buffer, type = 'image/png'): HttpResult => ({
	kind: 'stream',
	status: 200,
	headers: { 'content-type': type },
	// In two pieces, since a page may begin anywhere in a chunk.
	stream: Readable.from([content.slice(0, 3), content.slice(3)].map((part) => Buffer.from(part))),
});

const download = async (name: string, ...answers: HttpResult[]) => {
	const host = virtualHost(() => answers.shift() ?? file('never'));
	const outcome: unknown = await host.run(
		downloadFile(clientOf(host), `https://f.test/${name}`, 'p_0').catch((error: unknown) => error),
	);
	return { outcome, host };
};

const page = '<!DOCTYPE html><html><body>Sign in</body></html>';
const png = Buffer.from('iVBORw0KGgoAAAANSUhEUg==', 'base64');

describe('what is no such file', () => {
	test.each<[string, string, string, string]>([
		['a page', 'x.png', page, 'a web page'],
		['a page without a doctype', 'x.wav', '\n <html lang="en">', 'a web page'],
		['a page without an extension', 'x', page, 'a web page'],
		['a page as a text', 'x.srt', page, 'a web page'],
		['an error', 'x.png', '{"message":"Not Found"}', 'JSON (Not Found)'],
		[
			'an error of a storage',
			'x.mp3',
			'<?xml version="1.0"?><Error><Message>Gone</Message></Error>',
			'XML (Gone)',
		],
		['JSON', 'x.jpg', '[{"a":1}]', 'JSON'],
	])('%s is fetched again, and then an error', async (_name, name, content, kind) => {
		const answers = [1, 2, 3, 4].map(() => file(content, 'image/png'));
		const { outcome, host } = await download(name, ...answers);
		expect(outcome).toBeInstanceOf(MonsterApiError);
		expect(outcome).toMatchObject({
			message: `The file storage answered with ${kind} instead of a file`,
		});
		expect(host.requests).toHaveLength(4);
	});

	test('that is there later is stored', async () => {
		const { outcome, host } = await download('x.png', file(page, 'text/html'), file(png));
		expect(outcome).toBe('x.png');
		expect(host.requests).toHaveLength(2);
	});

	test.each<[string, string | Buffer, string]>([
		['x.png', png, 'text/html'],
		['x.html', page, 'text/html'],
		['x.svg', '<svg xmlns="http://www.w3.org/2000/svg">', 'image/svg+xml'],
		['x.json', '{"a":1}', 'application/json'],
		['x', '{"a":1}', 'application/json'],
		['x.txt', '<b>bold</b> words', 'text/plain'],
		['x.srt', '[music]', 'text/plain'],
		['x.mp3', '[\u0001\u0002', 'audio/mpeg'],
	])('%s may be %j', async (name, content, type) => {
		const { host } = await download(name, file(content, type));
		expect(host.saved).toHaveLength(1);
		expect(host.requests).toHaveLength(1);
	});
});

describe('a data: URL', () => {
	const save = async (url: string) => {
		const host = virtualHost(() => file('never'));
		const outcome: unknown = await host.run(
			downloadFile(clientOf(host), url, 'p_0').catch((error: unknown) => error),
		);
		expect(host.requests).toEqual([]);
		return outcome instanceof MonsterApiError ? outcome.details.advice : host.saved[0];
	};
	const base64 = png.toString('base64');

	test.each([
		[`data:image/png;base64,${base64}`, 'p_0.png image/png 16'],
		[`DATA:image/png;charset=x;BASE64,${base64}`, 'p_0.png image/png 16'],
		[`data:;base64,${base64}`, 'p_0.png image/png 16'],
		[`data:application/octet-stream;base64,${base64}`, 'p_0.png image/png 16'],
		[`data:image/png;base64,${encodeURIComponent(base64)}`, 'p_0.png image/png 16'],
		[`data:audio/x-wav;base64,UklGRgAAAABXQVZF`, 'p_0.wav audio/x-wav 12'],
		['data:;base64,UklGRgAAAABXQVZF', 'p_0.wav audio/wav 12'],
		['data:model/gltf;base64,AAAA', 'p_0 model/gltf 3'],
		['data:text/plain,a%20b', 'p_0.txt text/plain 3'],
	])('%s is stored', async (url, saved) => expect(await save(url)).toBe(saved));

	test.each([
		['data:image/png;base64', /not a complete data: URL/],
		['data:image/png;base64,', /empty/],
		['data:image/png;base64,***', /not valid Base64/],
		['data:text/plain,%E0%A4%A', /not valid/],
		[`data:image/png;base64,${' '.repeat(300_000)}!`, /not valid Base64/],
		[`data:image/png;base64,${Buffer.from(page).toString('base64')}`, /a web page/],
	])('%# that is no file is an error', async (url, advice) =>
		expect(await save(url)).toMatch(advice),
	);

	test('of more than 64 MB is refused before it is decoded', async () => {
		const advice = await save(`data:image/png;base64,${'A'.repeat(90 * 1024 * 1024)}`);
		expect(advice).toMatch(/larger than 64 MB/);
	});

	test('is stored beside other files, and not repeated in an error', async () => {
		const output = [`data:image/png;base64,${base64}`, 'https://f.test/a.png'];
		const state = {
			processId: 'p',
			status: 'COMPLETED',
			phase: 'completed' as const,
			result: { output },
			failure: undefined,
			raw: {},
		};
		const good = virtualHost(() => file(png));
		expect(await good.run(downloadOutputs(clientOf(good), state))).toEqual(['p_0.png', 'a.png']);
		const bad = virtualHost(() => file(page));
		const error: unknown = await bad.run(
			downloadOutputs(clientOf(bad), state).catch((caught: unknown) => caught),
		);
		expect(error).toMatchObject({
			details: { output: ['data:image/png;base64,…', 'https://f.test/a.png'] },
		});
	});

	test('that n8n cannot store is reported like any other file', async () => {
		const host = virtualHost(() => file('never'));
		host.saveFile = async () =>
			await Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
		await expect(
			host.run(downloadFile(clientOf(host), `data:;base64,${base64}`, 'p_0')),
		).rejects.toMatchObject({ message: 'The result file could not be stored' });
	});
});
