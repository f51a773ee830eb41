import { createClient, createShared } from '../../../nodes/core/http/client';
import type { HttpResult } from '../../../nodes/core/host';
import {
	createCallbackState,
	verifyCallback,
	type VerifyOptions,
	type Verdict,
} from '../../../nodes/core/webhook/verifyCallback';
import { parseCallback } from '../../../nodes/core/webhook/callback';
import {
	fault,
	json,
	virtualHost,
	type Responder,
	type VirtualHost,
} from '../../support/fakes/virtual-host.cjs';

const usual: VerifyOptions = {
	statuses: ['COMPLETED', 'FAILED'],
	models: [],
	verify: true,
	ignoreDuplicates: true,
};

const statusCallback = (processId: string, status = 'COMPLETED', more = {}) => {
	const callback = parseCallback({ process_id: processId, status, ...more }, undefined);
	if (callback.kind !== 'status') throw new Error('no callback');
	return callback;
};

const state = (status: string, more: object = {}): HttpResult =>
	json(200, { process_id: 'p', status, ...more });
const completed = state('COMPLETED', { result: { text: 'true' }, model_name: 'whisper' });

const clientOf = (host: VirtualHost, shared = createShared(host)) =>
	createClient(host, { baseUrl: 'https://api.test/v1', secrets: [], shared });

const decide = async (
	respond: Responder,
	status = 'COMPLETED',
	options: Partial<VerifyOptions> = {},
	more = {},
): Promise<{ verdict: Verdict; host: VirtualHost }> => {
	const host = virtualHost(respond);
	const verdict = await host.run(
		verifyCallback(clientOf(host), statusCallback('p', status, more), createCallbackState(9), {
			...usual,
			...options,
		}),
	);
	return { verdict, host };
};

/** Genuine callbacks that arrive together. Each has its own client, as n8n calls the trigger. */
async function burst(host: VirtualHost, count: number): Promise<Verdict[]> {
	const shared = createShared(host);
	const deliveries = createCallbackState(1_000);
	const verdicts = Array.from(
		{ length: count },
		async (_unused, index) =>
			await verifyCallback(clientOf(host, shared), statusCallback(`p-${index}`), deliveries, usual),
	);
	return await host.run(Promise.all(verdicts));
}

test('an API that lags a moment behind its callback is asked again', async () => {
	const { verdict, host } = await decide((_request, { now }) =>
		now() < 900 ? state('IN_PROGRESS') : completed,
	);
	expect(verdict).toMatchObject({ kind: 'accepted', state: { status: 'COMPLETED' } });
	expect(host.now()).toBeLessThan(1_100);
});

test('for a non-final status, too', async () => {
	const { verdict } = await decide(
		(_request, { now }) => state(now() < 900 ? 'IN_QUEUE' : 'IN_PROGRESS'),
		'IN_PROGRESS',
		{ statuses: ['IN_QUEUE', 'IN_PROGRESS'] },
	);
	expect(verdict).toMatchObject({ kind: 'accepted', state: { status: 'IN_PROGRESS' } });
	const { host } = await decide(() => completed, 'IN_QUEUE', { statuses: ['IN_QUEUE'] });
	expect(host.requests).toHaveLength(1);
});

test('and if it does not know the job yet, or has not written its result', async () => {
	const unknown = await decide((_request, { now }) => (now() < 400 ? json(404, {}) : completed));
	expect(unknown.verdict.kind).toBe('accepted');
	const resultless = await decide((_request, { now }) =>
		now() < 400 ? state('COMPLETED', { result: null }) : completed,
	);
	expect(resultless.verdict).toMatchObject({ state: { result: { text: 'true' } } });
});

test.each([
	['a final status that the job has not reached', () => state('IN_PROGRESS')],
	['an unknown job', () => json(404, { message: 'Not found' })],
])('%s is refused within three seconds', async (_name, respond) => {
	const { verdict, host } = await decide(respond);
	expect(verdict).toEqual({ kind: 'refused', reason: expect.stringContaining('MonsterAPI') });
	expect(host.requests).toHaveLength(4);
	expect(host.now()).toBeLessThan(3_000);
});

test('the wrong final status is refused at once', async () => {
	const { verdict, host } = await decide(() => state('FAILED', { result: {} }));
	expect(verdict).toEqual({ kind: 'refused', reason: expect.stringContaining('MonsterAPI') });
	expect(host.requests).toHaveLength(1);
});

test('a response about another job is refused', async () => {
	const { verdict } = await decide(() =>
		json(200, { process_id: 'q', status: 'COMPLETED', result: {} }),
	);
	expect(verdict).toEqual({ kind: 'refused', reason: expect.stringContaining('MonsterAPI') });
});

test('the model comes from the API, not from the sender', async () => {
	const { verdict } = await decide(() => completed, 'COMPLETED', {}, { model_name: 'forged' });
	expect(verdict).toMatchObject({ kind: 'accepted', model: 'whisper' });
	const filtered = await decide(() => completed, 'COMPLETED', { models: ['sdxl-base'] });
	expect(filtered.verdict).toEqual({ kind: 'ignored' });
	const unnamed = await decide(() => state('FAILED'), 'FAILED', {}, { model_name: 'whisper' });
	expect(unnamed.verdict).toMatchObject({ kind: 'accepted', model: 'whisper' });
	const odd = await decide(() => state('FAILED'), 'FAILED', {}, { model_name: '<script>' });
	expect(odd.verdict).toMatchObject({ kind: 'accepted', model: undefined });
});

test('an API that is unreachable for twenty seconds makes it unavailable', async () => {
	const { verdict, host } = await decide(() => json(503, ''));
	expect(verdict).toEqual({ kind: 'unavailable', reason: expect.stringMatching(/503/) });
	expect(host.now()).toBeLessThanOrEqual(20_000);
});

test('a burst of genuine callbacks gets through a rate limit completely', async () => {
	let tokens = 60;
	let refilled = 0;
	const host = virtualHost(async (request, self) => {
		await self.sleep(50, self.signal);
		tokens = Math.min(60, tokens + ((self.now() - refilled) * 60) / 1_000);
		refilled = self.now();
		if (tokens < 1) return json(429, { message: 'Quota Exceeded' });
		tokens -= 1;
		const id = request.url.split('/').pop();
		return json(200, { process_id: id, status: 'COMPLETED', result: { text: 'x' } });
	});
	const verdicts = await burst(host, 300);
	expect(verdicts.filter(({ kind }) => kind === 'accepted')).toHaveLength(300);
});

test('a rate limit with a long Retry-After loses no callback', async () => {
	const host = virtualHost((_request, self) =>
		self.now() < 119_000
			? json(429, {}, { 'retry-after': String((120_000 - self.now()) / 1_000) })
			: completed,
	);
	const verdicts = await burst(host, 200);
	expect(verdicts.filter(({ kind }) => kind === 'unavailable')).toEqual([]);
	// Waiting sends no request.
	expect(host.requests.length).toBeLessThan(250);
});

test('a rate limit that never ends makes it unavailable, with advice', async () => {
	const { verdict, host } = await decide(() => json(429, {}, { 'retry-after': '60' }));
	expect(verdict).toEqual({
		kind: 'unavailable',
		reason: expect.stringMatching(/rate limit.*Job > Get/),
	});
	// The next one would come after 140 s.
	expect(host.requests.map(({ at }) => at)).toEqual([0, 60_000, 120_000]);
	expect(host.now()).toBe(120_000);
});

test('all callbacks of one job share that time', async () => {
	const host = virtualHost(() => json(429, {}, { 'retry-after': '120' }));
	const [client, deliveries] = [clientOf(host), createCallbackState(9)];
	const options = { ...usual, statuses: ['IN_QUEUE', 'IN_PROGRESS', 'COMPLETED'] };
	const verdicts = await host.run(
		Promise.all(
			options.statuses.map((status) =>
				verifyCallback(client, statusCallback('p', status), deliveries, options),
			),
		),
	);
	expect(verdicts.map(({ kind }) => kind)).toEqual(Array(3).fill('unavailable'));
	expect(host.now()).toBeLessThan(150_000);
});

test('the case of a model does not matter', async () => {
	const { verdict } = await decide(
		() => completed,
		'COMPLETED',
		{ models: ['whisper'] },
		{ model_name: 'Whisper' },
	);
	expect(verdict.kind).toBe('accepted');
});

test('a callback that has waited in a long queue is checked like the first', async () => {
	const slowMs = 8_000;
	const host = virtualHost(async (request, self) => {
		const inTime = request.timeoutMs >= slowMs;
		await self.sleep(inTime ? slowMs : request.timeoutMs, self.signal);
		return inTime
			? json(200, { status: 'COMPLETED', result: { text: 'x' } })
			: fault('ETIMEDOUT', 'maybe');
	});
	const verdicts = await burst(host, 50);
	expect(verdicts.map(({ kind }) => kind)).toEqual(Array.from({ length: 50 }, () => 'accepted'));
});

test('without verification, a final status is remembered even if it is not wanted', async () => {
	const host = virtualHost(() => completed);
	const deliveries = createCallbackState(9);
	const options = { ...usual, verify: false, statuses: ['IN_PROGRESS'] };
	const kinds: string[] = [];
	for (const status of ['COMPLETED', 'IN_PROGRESS']) {
		kinds.push(
			(await verifyCallback(clientOf(host), statusCallback('p', status), deliveries, options)).kind,
		);
	}
	expect(kinds).toEqual(['ignored', 'ignored']);
	expect(host.requests).toEqual([]);
});
