import { Readable } from 'node:stream';

import { createClient } from '../../../nodes/core/http/client';
import type { HttpResult } from '../../../nodes/core/host';
import { fetchOutputs } from '../../../nodes/core/webhook/outputs';
import { virtualHost, type Responder } from '../../support/fakes/virtual-host.cjs';

const signal = new AbortController().signal;

/** A file that brings a byte every half minute: slow, but never standing still for long. */
const slow =
	(bytes: number): Responder =>
	(_request, host): HttpResult => ({
		kind: 'stream',
		status: 200,
		headers: {},
		stream: Readable.from(
			(async function* () {
				for (let sent = 0; sent < bytes; sent++) {
					await host.sleep(30_000, signal);
					yield Buffer.from('x');
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

async function fetched(respond: Responder, ...urls: string[]) {
	const host = virtualHost(respond);
	const client = createClient(host, { baseUrl: 'https://api.test/v1', secrets: [] });
	const outputs = await host.run(fetchOutputs(client, finished(...urls)));
	return { outputs, host };
}

describe('the files of a callback', () => {
	test('that come within two minutes are there, and nothing is left running', async () => {
		const { outputs, host } = await fetched(slow(3), 'https://f.test/a.png');
		expect(outputs).toEqual({ files: ['a.png'] });
		expect(host.now()).toBe(90_000);
		expect(host.pending()).toBe(0);
	});

	test('that take longer are given up at two minutes', async () => {
		const { outputs, host } = await fetched(slow(30), 'https://f.test/a.png', 'https://f.test/b');
		expect(outputs).toEqual({
			files: [undefined, undefined],
			failed: 'The result file could not be fetched in time',
		});
		expect(host.now()).toBe(120_000);
		expect(host.saved).toEqual([]);
	});

	test('that cannot be fetched say why', async () => {
		const { outputs } = await fetched(
			() => ({ kind: 'stream', status: 404, headers: {}, stream: Readable.from([]) }),
			'https://f.test/a.png',
		);
		expect(outputs).toEqual({ files: [undefined], failed: 'The result file is not there' });
	});

	test('are given without the one that is missing, in their places', async () => {
		const { outputs } = await fetched(
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
			failed: 'The result file is not there',
		});
	});

	test('a job without files has none', async () => {
		const { outputs, host } = await fetched(slow(1));
		expect(outputs).toEqual({ files: [] });
		expect(host.requests).toEqual([]);
	});
});
