import { Readable } from 'node:stream';

import { createClient } from '../../../nodes/core/http/client';
import type { HttpResult } from '../../../nodes/core/host';
import { downloadWithinLimit } from '../../../nodes/core/webhook/outputs';
import { virtualHost, type Responder } from '../../support/fakes/virtual-host.cjs';

const signal = new AbortController().signal;

/** A file that delivers a chunk every half minute: slow, but not too slow. */
const slow =
	(chunks: number): Responder =>
	(_request, host): HttpResult => ({
		kind: 'stream',
		status: 200,
		headers: {},
		stream: Readable.from(
			(async function* () {
				for (let sent = 0; sent < chunks; sent++) {
					await host.sleep(30_000, signal);
					yield Buffer.alloc(400_000);
				}
			})(),
		),
	});

const finished = (...output: string[]) => ({
	processId: 'p',
	status: 'COMPLETED',
	phase: 'completed' as const,
	result: { output },
	failure: undefined,
	raw: {},
});

async function download(respond: Responder, ...urls: string[]) {
	const host = virtualHost(respond);
	const client = createClient(host, { baseUrl: 'https://api.test/v1', secrets: [] });
	const outputs = await host.run(downloadWithinLimit(client, finished(...urls), undefined));
	return { outputs, host };
}

describe('the output files of a callback', () => {
	test('are all there if they arrive within two minutes, and nothing keeps running', async () => {
		const { outputs, host } = await download(slow(3), 'https://f.test/a.png');
		expect(outputs).toEqual({ files: ['a.png'] });
		expect(host.now()).toBe(90_000);
		expect(host.pending()).toBe(0);
	});

	test('are given up after two minutes', async () => {
		const { outputs, host } = await download(slow(30), 'https://f.test/a.png', 'https://f.test/b');
		expect(outputs).toEqual({
			files: [undefined, undefined],
			failure: 'The result file could not be downloaded in time',
		});
		expect(host.now()).toBe(120_000);
		expect(host.saved).toEqual([]);
	});

	test('report why one could not be downloaded', async () => {
		const { outputs } = await download(
			() => ({ kind: 'stream', status: 404, headers: {}, stream: Readable.from([]) }),
			'https://f.test/a.png',
		);
		expect(outputs).toEqual({ files: [undefined], failure: 'The result file does not exist' });
	});

	test('keep their positions when one is missing', async () => {
		const { outputs } = await download(
			(request, host) =>
				request.url.endsWith('b.png')
					? { kind: 'stream', status: 404, headers: {}, stream: Readable.from([]) }
					: slow(1)(request, host),
			'https://f.test/a.png',
			'https://f.test/b.png',
			'https://f.test/c.png',
		);
		expect(outputs).toEqual({
			files: ['a.png', undefined, 'c.png'],
			failure: 'The result file does not exist',
		});
	});

	test('that cannot be found in the result are told', async () => {
		const { outputs, host } = await download(slow(1));
		expect(outputs).toEqual({ files: [], failure: 'No file was found in the result' });
		expect(host.requests).toEqual([]);
		const some = await download(slow(1), 'https://f.test/a.png', 'nonsense');
		expect(some.outputs).toEqual({
			files: ['a.png'],
			failure: 'No file was found in 1 of the 2 outputs',
		});
	});

	test('are none for a text', async () => {
		const host = virtualHost(slow(1));
		const client = createClient(host, { baseUrl: 'https://api.test/v1', secrets: [] });
		const state = { ...finished(), result: { text: 'Hi' } };
		expect(await host.run(downloadWithinLimit(client, state, undefined))).toEqual({ files: [] });
	});
});
