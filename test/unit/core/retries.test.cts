import type { Call } from '../../../nodes/core/http/call';
import { createClient } from '../../../nodes/core/http/client';
import { MonsterApiError } from '../../../nodes/core/http/errors';
import { generate } from '../../../nodes/core/api/generate';
import { decideRetry } from '../../../nodes/core/http/retryPolicy';
import { getStatus } from '../../../nodes/core/api/status';
import { getUploadLink } from '../../../nodes/core/api/upload';
import type { HttpResult } from '../../../nodes/core/host';
import { fault, json, virtualHost, type VirtualHost } from '../../support/fakes/virtual-host.cjs';

const accepted = json(200, { process_id: 'p-1', message: 'ok' });
const completed = json(200, { process_id: 'p-1', status: 'COMPLETED', result: { text: 'hi' } });

/** A host that gives these answers in turn, and then repeats the last one. */
const scripted = (...answers: HttpResult[]): VirtualHost =>
	virtualHost(
		(_request, host) => answers[Math.min(host.requests.length, answers.length) - 1] ?? accepted,
	);

const clientOf = (host: VirtualHost) =>
	createClient(host, { baseUrl: 'https://api.test/v1/', secrets: ['secret-key-1'] });

const submit = async (host: VirtualHost, until = 600_000) =>
	await host.run(
		generate(clientOf(host), {
			model: 'sdxl-base',
			body: () => ({ kind: 'json', value: {} }),
			carriesFile: false,
			deadline: until,
		}),
	);

const poll = async (host: VirtualHost, until = 120_000, attempts = 5) =>
	await host.run(getStatus(clientOf(host), 'p-1', { maxAttempts: attempts, deadline: until }));

const failure = async (promise: Promise<unknown>): Promise<MonsterApiError> =>
	await promise.then(
		() => {
			throw new Error('it went well');
		},
		(error: unknown) => {
			if (error instanceof MonsterApiError) return error;
			throw error;
		},
	);

describe('a paid request', () => {
	test.each([
		['429', json(429, { message: 'Quota Exceeded' })],
		['a refused connection', fault('ECONNREFUSED', 'no')],
		['a failed DNS poll-up', fault('ENOTFOUND', 'no')],
	])('is sent again after %s', async (_name, answer) => {
		const host = scripted(answer, accepted);
		await expect(submit(host)).resolves.toMatchObject({ processId: 'p-1' });
		expect(host.requests).toHaveLength(2);
	});

	test.each([
		['500', json(500, { message: 'Internal Server Error' })],
		['502', json(502, '<html>bad gateway</html>')],
		['503', json(503, '')],
		['504', json(504, '')],
		['408', json(408, '')],
		['a reset connection', fault('ECONNRESET', 'maybe')],
		['a time-out', fault('ETIMEDOUT', 'maybe')],
		['a broken certificate', fault('CERT_HAS_EXPIRED', 'no', false)],
		['an empty body', json(200, '')],
		['HTML', json(200, '<html></html>')],
		['truncated JSON', json(200, '{"process_id": "p')],
		['an array', json(200, [])],
		['null', json(200, 'null')],
		['no process id', json(200, { message: 'ok' })],
		['a process id that is a path', json(200, { process_id: '../admin' })],
		['a redirect', json(302, '', { location: 'https://elsewhere.test' })],
	])('is never sent again after %s', async (_name, answer) => {
		const host = scripted(answer, accepted);
		const error = await failure(submit(host));
		expect(host.requests).toHaveLength(1);
		expect(error.details.retryable).toBe(false);
	});

	test('says when it may have been accepted', async () => {
		const error = await failure(submit(scripted(fault('ECONNRESET', 'maybe'))));
		expect(error.message).toContain('before MonsterAPI confirmed');
		expect(error.details.advice).toContain('not sent again');
		expect(error.details.advice).toContain('ECONNRESET');
	});

	test('gives up a connection that is never made after four attempts, as retryable', async () => {
		const host = scripted(fault('ECONNREFUSED', 'no'));
		const error = await failure(submit(host));
		expect(host.requests).toHaveLength(4);
		expect(error.details).toMatchObject({ retryable: true });
	});

	test('keeps its own time limit when the deadline is near: it is never cut short', async () => {
		const host = scripted(accepted);
		await submit(host, 10);
		expect(host.requests[0]?.request.timeoutMs).toBe(60_000);
	});
});

describe('a read', () => {
	test.each([
		['408', json(408, '')],
		['429', json(429, '')],
		['500', json(500, '')],
		['502', json(502, '<html>')],
		['503', json(503, '')],
		['504', json(504, '')],
		['a reset connection', fault('ECONNRESET', 'maybe')],
		['a refused connection', fault('ECONNREFUSED', 'no')],
		['an empty body', json(200, '')],
		['HTML', json(200, '<html></html>')],
		['truncated JSON', json(200, '{"status": "COMP')],
		['an array', json(200, [])],
		['null', json(200, 'null')],
		['a body without a status', json(200, { process_id: 'p-1' })],
	])('is repeated after %s', async (_name, answer) => {
		const host = scripted(answer, completed);
		await expect(poll(host)).resolves.toMatchObject({ phase: 'completed' });
		expect(host.requests).toHaveLength(2);
	});

	test.each([400, 401, 402, 403, 404, 405, 409, 415, 422])(
		'is not repeated after %i',
		async (status) => {
			const host = scripted(json(status, { message: 'no' }), completed);
			const error = await failure(poll(host));
			expect(host.requests).toHaveLength(1);
			expect(error.details.status).toBe(status);
		},
	);

	test('ends after its attempts', async () => {
		const host = scripted(json(503, ''));
		const error = await failure(poll(host, 600_000, 3));
		expect(host.requests).toHaveLength(3);
		expect(error.details).toMatchObject({ status: 503, retryable: true });
	});

	test('never goes past the deadline, neither with a pause nor with a request', async () => {
		const host = scripted(json(503, ''));
		const error = await failure(poll(host, 2_000, Infinity));
		expect(error.details.deadlineExceeded).toBe(true);
		expect(host.now()).toBeLessThanOrEqual(2_000);
		for (const { at, request } of host.requests)
			expect(at + request.timeoutMs).toBeLessThanOrEqual(2_000);
	});

	test('gives up at once when Retry-After points past the deadline', async () => {
		const host = scripted(json(429, '', { 'retry-after': '60' }), completed);
		const error = await failure(poll(host, 30_000));
		expect(error.details).toMatchObject({ deadlineExceeded: true, status: 429 });
		expect(host.now()).toBe(0);
	});

	test('does not flood the API after Retry-After: 0', async () => {
		const host = scripted(json(429, '', { 'retry-after': '0' }));
		await failure(poll(host, 10_000));
		expect(host.requests.length).toBeLessThanOrEqual(41);
	});

	test('waits as long as Retry-After says, in seconds', async () => {
		const host = scripted(json(503, '', { 'retry-after': '7' }), completed);
		await poll(host);
		expect(host.requests[1]?.at).toBe(7_000);
	});
});

/* The clock for durations stands still while a computer sleeps; dates are of the time of day. */
describe('after eight hours of sleep', () => {
	const hours = 8 * 3_600_000;
	const asleep = (...answers: HttpResult[]) => {
		const host = scripted(...answers);
		return Object.assign(host, { wallClock: () => host.now() + hours });
	};

	test.each([429, 503])('a date in Retry-After (%i) is no longer than it says', async (status) => {
		const date = new Date(hours + 10_000).toUTCString();
		const host = asleep(json(status, '', { 'retry-after': date }), completed);
		await poll(host);
		expect(host.requests[1]?.at).toBe(10_000);
	});

	test('an upload link ends half an hour from now', async () => {
		const host = asleep(json(200, { upload_url: 'https://s/u', download_url: 'https://s/d' }));
		const { expiresAt } = await host.run(getUploadLink(clientOf(host), 'a.wav'));
		expect(expiresAt).toBe(hours + 30 * 60_000);
	});
});

test('one 429 pauses all requests, and 429s of requests under way together count once', async () => {
	const host = virtualHost((_request, { now }) =>
		now() < 5_000 ? json(429, '', { 'retry-after': '5' }) : completed,
	);
	const client = clientOf(host);
	const polls = Array.from({ length: 40 }, async (_unused, index) => {
		await host.sleep(index * 100, host.signal);
		return await getStatus(client, 'p-1', { maxAttempts: 5, deadline: 60_000 });
	});
	await host.run(Promise.all(polls));
	// Only the first was sent before the answer was known; the others waited for the end of the pause.
	expect(host.requests.filter(({ at }) => at < 5_000)).toHaveLength(1);
	expect(host.requests).toHaveLength(41);
});

test('at most ten requests are under way at once', async () => {
	let open = 0;
	let peak = 0;
	const host = virtualHost(async (_request, self) => {
		peak = Math.max(peak, ++open);
		await self.sleep(100, self.signal);
		open -= 1;
		return completed;
	});
	const client = clientOf(host);
	await host.run(
		Promise.all(
			Array.from(
				{ length: 60 },
				async () => await getStatus(client, 'p-1', { maxAttempts: 1, deadline: Infinity }),
			),
		),
	);
	expect(peak).toBe(10);
	expect(host.now()).toBe(600);
});

test('a cancellation ends a back-off, and no further request is sent', async () => {
	const host = scripted(json(503, '', { 'retry-after': '100' }));
	host.at(1_000, () => host.stop());
	const ended = poll(host, 600_000).catch((error: unknown) => error);
	await expect(ended).resolves.toMatchObject({ name: 'CancelledError' });
	expect(host.now()).toBe(1_000);
	expect(host.requests).toHaveLength(1);
});

test('the key never goes to another host', async () => {
	const host = scripted(accepted);
	const call: Call<void> = {
		method: 'PUT',
		url: 'https://storage.test/x?signature=s',
		endpoint: 'uploadFile',
		idempotency: 'idempotent',
		pool: 'transfer',
		timeoutMs: 1,
		maxAttempts: 1,
		deadline: 10,
		parse: () => ({ value: undefined }),
	};
	await host.run(clientOf(host).send(call));
	expect(host.requests[0]?.request.authenticated).toBe(false);
});

test('the retry policy never repeats a billed request after a 5xx', () => {
	for (let status = 500; status < 600; status++) {
		expect(decideRetry({ kind: 'text', status, headers: {}, text: '' }, 'billed', [], 0)).toEqual({
			retry: false,
		});
	}
});
