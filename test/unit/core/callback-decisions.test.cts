import { createClient } from '../../../nodes/core/http/client';
import type { HttpResult } from '../../../nodes/core/host';
import {
	createCallbackState,
	verifyCallback,
	type VerifyOptions,
} from '../../../nodes/core/webhook/verifyCallback';
import { parseCallback } from '../../../nodes/core/webhook/callback';
import { json, virtualHost, type Responder } from '../../support/fakes/virtual-host.cjs';

const usual: VerifyOptions = {
	statuses: ['COMPLETED', 'FAILED'],
	models: [],
	verify: true,
	ignoreDuplicates: true,
};

const state = (status: string, more: object = {}): HttpResult =>
	json(200, { process_id: 'p', status, ...more });
const completed = state('COMPLETED', { result: { text: 'true' }, model_name: 'whisper' });

/** A trigger that is called about the job `p`. */
function trigger(respond: Responder, options: Partial<VerifyOptions> = {}) {
	const host = virtualHost(respond);
	const client = createClient(host, { baseUrl: 'https://api.test/v1', secrets: [] });
	const known = createCallbackState(9);
	const receive = async (status: string, more = {}) => {
		const callback = parseCallback({ process_id: 'p', status, ...more }, undefined);
		if (callback.kind !== 'status') throw new Error('no callback');
		return await verifyCallback(client, callback, known, { ...usual, ...options });
	};
	return { host, known, receive };
}

describe('a forged end', () => {
	test('does not mark the job as ended where callbacks are verified, even if it is not wanted', async () => {
		const { host, receive } = trigger(() => state('IN_PROGRESS'), { statuses: ['IN_PROGRESS'] });
		expect(await host.run(receive('COMPLETED'))).toEqual({ kind: 'ignored' });
		expect(await host.run(receive('IN_PROGRESS'))).toMatchObject({ kind: 'accepted' });
	});

	test('that is refused does not keep the true one out', async () => {
		const { host, receive } = trigger(() => completed);
		expect((await host.run(receive('FAILED'))).kind).toBe('refused');
		expect((await host.run(receive('COMPLETED'))).kind).toBe('accepted');
	});

	test('of a job is refused with what it says and what is true', async () => {
		const { host, receive } = trigger(() => state('FAILED'));
		expect(await host.run(receive('COMPLETED'))).toEqual({
			kind: 'refused',
			reason: 'It says COMPLETED, MonsterAPI says that its job is FAILED',
		});
	});
});

describe('without verification', () => {
	test('an end that is not wanted is remembered across restarts, another status is not', async () => {
		const { host, known, receive } = trigger(() => completed, { verify: false, statuses: [] });
		await host.run(receive('IN_PROGRESS'));
		expect(known.deduplicator.isDuplicate('p', 'IN_PROGRESS')).toBe(false);
		await host.run(receive('COMPLETED'));
		expect(known.deduplicator.newest(9)).toEqual(['p COMPLETED']);
	});

	test('what the sender says is passed on, once, and the API is not asked', async () => {
		const { host, receive } = trigger(() => state('FAILED'), { verify: false });
		const more = { result: { text: 'said' }, model_name: 'whisper' };
		expect(await host.run(receive('COMPLETED', more))).toMatchObject({
			kind: 'accepted',
			model: 'whisper',
			state: { processId: 'p', status: 'COMPLETED', result: { text: 'said' } },
		});
		expect(await host.run(receive('COMPLETED', more))).toEqual({ kind: 'ignored' });
		expect(host.requests).toEqual([]);
	});
});

describe('filters', () => {
	test('duplicates start the workflow again only where they are not ignored', async () => {
		for (const [ignoreDuplicates, second] of [
			[true, 'ignored'],
			[false, 'accepted'],
		] as const) {
			const { host, receive } = trigger(() => completed, { ignoreDuplicates });
			expect((await host.run(receive('COMPLETED'))).kind).toBe('accepted');
			expect((await host.run(receive('COMPLETED'))).kind).toBe(second);
		}
	});

	test('a model that is not wanted costs no request', async () => {
		const { host, receive } = trigger(() => completed, { models: ['sdxl-base'] });
		const verdict = await host.run(receive('COMPLETED', { model_name: 'whisper' }));
		expect(verdict).toEqual({ kind: 'ignored' });
		expect(host.requests).toEqual([]);
	});

	test('a model matches in any case, also if only the API names it', async () => {
		const { host, receive } = trigger(() => completed, { models: ['sdxl-base', 'WHISPER'] });
		expect(await host.run(receive('COMPLETED'))).toMatchObject({
			kind: 'accepted',
			model: 'whisper',
		});
	});

	test('a status that the job has reached meanwhile counts only if it is wanted', async () => {
		const { host, receive } = trigger(() => completed, { statuses: ['IN_QUEUE'] });
		expect(await host.run(receive('IN_QUEUE'))).toEqual({ kind: 'ignored' });
	});
});

describe('reads', () => {
	test.each([true, false])(
		'those that arrive together share one (duplicates: %p)',
		async (ignored) => {
			const { host, receive } = trigger(() => completed, { ignoreDuplicates: ignored });
			const verdicts = await host.run(Promise.all([receive('COMPLETED'), receive('COMPLETED')]));
			expect(verdicts).toMatchObject([
				{ kind: 'accepted' },
				{ kind: ignored ? 'ignored' : 'accepted' },
			]);
			expect(host.requests).toHaveLength(1);
		},
	);

	const slow =
		(status: () => HttpResult): Responder =>
		async (_request, self) => {
			await self.sleep(50, self.signal);
			return status();
		};
	const later = async (host: ReturnType<typeof trigger>['host'], work: () => Promise<unknown>) => {
		await host.sleep(10, host.signal);
		return await work();
	};

	test('one that arrives during a read does not trust it: the next begins 250 ms after it', async () => {
		const { host, receive } = trigger(
			slow(() => state('FAILED')),
			{ ignoreDuplicates: false },
		);
		await host.run(
			Promise.all([receive('FAILED'), later(host, async () => await receive('FAILED'))]),
		);
		expect(host.requests.map(({ at }) => at)).toEqual([0, 250]);
	});

	test('and is not read at all if the first has started the workflow meanwhile', async () => {
		const { host, receive } = trigger(slow(() => completed));
		const verdicts = await host.run(
			Promise.all([receive('COMPLETED'), later(host, async () => await receive('COMPLETED'))]),
		);
		expect(verdicts).toMatchObject([{ kind: 'accepted' }, { kind: 'ignored' }]);
		expect(host.requests).toHaveLength(1);
	});

	test('a stop makes it unavailable, not refused', async () => {
		const { host, receive } = trigger(slow(() => completed));
		host.at(10, () => host.stop());
		expect(await host.run(receive('COMPLETED'))).toEqual({
			kind: 'unavailable',
			reason: 'MonsterAPI could not be asked',
		});
	});

	test('nor is it refused where the base URL leads to another web server', async () => {
		const { host, receive } = trigger(() => json(404, '<html><h1>Not Found</h1></html>'));
		expect(await host.run(receive('COMPLETED'))).toMatchObject({ kind: 'unavailable' });
	});

	test('a job that was unknown is read once when it is asked about again', async () => {
		const { host, receive } = trigger(() => json(404, { message: 'Not found' }));
		await host.run(receive('COMPLETED'));
		await host.run(host.sleep(10_000, host.signal));
		expect(await host.run(receive('COMPLETED'))).toEqual({
			kind: 'refused',
			reason: 'MonsterAPI does not know its job',
		});
		expect(host.requests).toHaveLength(5);
	});
});

describe('a flood of unknown jobs', () => {
	const flood = async ({ known, host }: ReturnType<typeof trigger>) => {
		for (let index = 0; index < 30; index++) {
			const entry = await known.unknownJobs.enter(`forged-${index}`, host.now());
			if (entry.kind === 'admitted') entry.leave('unknown', host.now());
		}
	};

	test('keeps a further job out, with advice, and costs no request', async () => {
		const made = trigger(() => completed);
		await flood(made);
		expect(await made.host.run(made.receive('COMPLETED'))).toEqual({
			kind: 'throttled',
			reason: expect.stringContaining('change the API key'),
		});
		expect(made.host.requests).toEqual([]);
	});

	test('does not keep out a job that was known before', async () => {
		const made = trigger(
			(_request, { requests }) => (requests.length === 1 ? state('IN_QUEUE') : completed),
			{ statuses: ['IN_QUEUE', 'COMPLETED'] },
		);
		await made.host.run(made.receive('IN_QUEUE'));
		await flood(made);
		expect((await made.host.run(made.receive('COMPLETED'))).kind).toBe('accepted');
	});

	test('a job that was unknown a moment ago is refused without a request', async () => {
		const { host, receive } = trigger(() => json(404, { message: 'Not found' }));
		await host.run(receive('COMPLETED'));
		expect((await host.run(receive('COMPLETED'))).kind).toBe('refused');
		expect(host.requests).toHaveLength(4);
	});
});

describe('what the API says', () => {
	const statuses = ['IN_QUEUE', 'IN_PROGRESS', 'PAUSED', 'COMPLETED', 'FAILED'];
	const resultless = state('COMPLETED', { result: null });
	const unknown = json(404, { message: 'Not found' });

	test.each<[string, string, HttpResult[], object, number]>([
		['an end is true at once', 'COMPLETED', [completed], { kind: 'accepted' }, 1],
		['an end without a result, too', 'FAILED', [state('FAILED')], { kind: 'accepted' }, 1],
		['a status is true at once', 'IN_PROGRESS', [state('IN_PROGRESS')], { kind: 'accepted' }, 1],
		['a later status is no lag', 'IN_QUEUE', [state('IN_PROGRESS')], { kind: 'accepted' }, 1],
		['nor is one before a status that is not known', 'PAUSED', [state('IN_QUEUE')], {}, 1],
		['an earlier status may lag', 'IN_PROGRESS', [state('IN_QUEUE'), state('IN_PROGRESS')], {}, 2],
		['so may an end', 'COMPLETED', [state('IN_PROGRESS'), completed], { kind: 'accepted' }, 2],
		['and its result', 'COMPLETED', [resultless, completed], { state: { result: {} } }, 2],
		['which may be missing after all', 'COMPLETED', [resultless], { kind: 'accepted' }, 4],
		['a new job may be unknown for a moment', 'COMPLETED', [unknown, completed], {}, 2],
		['its answer need not name the job', 'FAILED', [json(200, { status: 'FAILED' })], {}, 1],
	])('%s', async (_name, status, answers, verdict, requests) => {
		const { host, receive } = trigger(
			(_request, self) => answers[Math.min(self.requests.length, answers.length) - 1] ?? completed,
			{ statuses },
		);
		expect(await host.run(receive(status))).toMatchObject({ kind: 'accepted', ...verdict });
		expect(host.requests).toHaveLength(requests);
	});

	test('about another job is refused', async () => {
		const { host, receive } = trigger(() => json(200, { process_id: 'q', status: 'FAILED' }));
		expect(await host.run(receive('FAILED'))).toEqual({
			kind: 'refused',
			reason: 'MonsterAPI answered about another job',
		});
	});

	test('cannot be read for twenty seconds: it is unavailable, and asked no further', async () => {
		const { host, receive } = trigger(() => json(503, ''));
		expect(await host.run(receive('FAILED'))).toEqual({
			kind: 'unavailable',
			reason: expect.stringContaining('503'),
		});
		expect(host.now()).toBeLessThanOrEqual(20_000);
	});

	test('is waited for during a rate limit', async () => {
		const { host, receive } = trigger((_request, { requests }) =>
			requests.length < 3 ? json(429, '', { 'retry-after': '60' }) : completed,
		);
		await host.run(host.sleep(1_000, host.signal));
		expect((await host.run(receive('COMPLETED'))).kind).toBe('accepted');
		expect(host.now()).toBe(121_000);
	});

	test('is not asked where it is not checked, and a callback without a status is refused', async () => {
		const { host, known } = trigger(() => completed);
		const client = createClient(host, { baseUrl: 'https://api.test/v1', secrets: [] });
		const callback = { processId: 'p', status: 'FAILED', model: undefined, body: {} };
		expect(
			await verifyCallback(client, { kind: 'status', ...callback }, known, {
				...usual,
				verify: false,
			}),
		).toEqual({
			kind: 'refused',
			reason: 'MonsterAPI answered with something that is not a job status',
		});
		expect(host.requests).toEqual([]);
	});
});
