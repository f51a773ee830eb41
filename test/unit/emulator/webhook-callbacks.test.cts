import { jobStatus } from '../../../emulator/generate/job.cjs';
import type { Settings } from '../../../emulator/settings.cjs';
import { startReceiver, type Receiver } from './receiver.cjs';
import { startSession, until, type Accepted, type Session } from './session.cjs';

let session: Session;
let receiver: Receiver;
const clock = { ahead: 0 };
beforeEach(async () => {
	clock.ahead = 0;
	receiver = await startReceiver();
	session = await startSession({
		now: () => Date.now() + clock.ahead,
		settings: { queueMs: 10, workMs: 10, callbackRetryMs: 5 },
	});
	session.emulator.state.webhooks.set('done', { url_name: 'done', webhook_url: receiver.url });
});
afterEach(async () => {
	await session.emulator.close();
	await receiver.close();
});

const state = () => session.emulator.state;
const set = (settings: Partial<Settings>) => Object.assign(state().settings, settings);
const delivered = (count: number) => until(() => state().callbacks.length >= count);
const statuses = () => receiver.bodies().map(({ status }) => status);

async function submit(prompt = 'Hello', model = 'flan-T5'): Promise<string> {
	const { status, data } = await session.api.post<Accepted>(
		`/generate/${model}?webhook_url_name=done`,
		{ prompt },
	);
	expect(status).toBe(200);
	return data.process_id;
}

describe('every status change calls back', () => {
	it('to completion, with the result of /status', async () => {
		const process_id = await submit();
		await delivered(3);
		const { result } = (await session.api.get(`/status/${process_id}`)).data;
		const head = { process_id, model_name: 'flan-T5' };
		expect(receiver.bodies()).toEqual([
			{ ...head, status: 'IN_QUEUE' },
			{ ...head, status: 'IN_PROGRESS' },
			{ ...head, status: 'COMPLETED', result },
		]);
		expect(result).toEqual({ text: expect.stringContaining('[emulated]') });
		expect(receiver.received).toEqual(
			receiver.bodies().map((body) => ({
				method: 'POST',
				path: '/hook?token=t',
				contentType: 'application/json',
				contentLength: String(Buffer.byteLength(JSON.stringify(body))),
				authorization: undefined,
				body: JSON.stringify(body),
			})),
		);
		const { data } = await session.open.get('/control/callbacks');
		const common = { at: expect.any(Number), url_name: 'done', attempt: 1, responseStatus: 200 };
		expect(data).toEqual(statuses().map((status) => ({ ...common, process_id, status })));
	});

	it('to failure, with the message; a pending result is shown as in /status', async () => {
		set({ pendingResult: 'empty' });
		await submit('[fail: out of memory]');
		await delivered(3);
		expect(receiver.bodies()).toMatchObject([
			{ status: 'IN_QUEUE', result: {} },
			{ status: 'IN_PROGRESS', result: {} },
			{ status: 'FAILED', result: { errorMessage: 'out of memory' } },
		]);
	});

	it('at a time when /status says the same', async () => {
		set({ queueMs: 0, workMs: 7.3, jitter: 1, callbackStatuses: ['COMPLETED'] });
		const ids = await Promise.all(Array.from({ length: 20 }, () => submit()));
		await delivered(ids.length);
		for (const { process_id, at } of state().callbacks) {
			const job = state().jobs.get(process_id);
			expect(job && jobStatus(job, at)).toBe('COMPLETED');
		}
	});

	it('by the clock of the emulator', async () => {
		set({ queueMs: 1_000_000 });
		await submit();
		await delivered(1);
		expect(statuses()).toEqual(['IN_QUEUE']);
		clock.ahead = 2_000_000;
		await delivered(3);
		expect(statuses()).toEqual(['IN_QUEUE', 'IN_PROGRESS', 'COMPLETED']);
	});

	it('but for jobs without a webhook, and when the webhook was deleted', async () => {
		set({ queueMs: 1_000_000 });
		await session.api.post('/generate/flan-T5', { prompt: 'a' });
		const deleted = await submit();
		await delivered(1);
		state().webhooks.clear();
		state().webhooks.set('other', { url_name: 'other', webhook_url: receiver.url });
		clock.ahead = 2_000_000;
		set({ queueMs: 10 });
		const { data } = await session.api.post<Accepted>('/generate/flan-T5?webhook_url_name=other', {
			prompt: 'a',
		});
		await delivered(4);
		const ids = receiver.bodies().map(({ process_id }) => process_id);
		expect(ids).toEqual([deleted, ...Array<unknown>(3).fill(data.process_id)]);
	});

	it('to the URL that the name has by then', async () => {
		set({ queueMs: 1_000_000 });
		await submit();
		await delivered(1);
		const moved = `${receiver.url}&moved`;
		state().webhooks.set('done', { url_name: 'done', webhook_url: moved });
		clock.ahead = 2_000_000;
		await delivered(3);
		const paths = receiver.received.map(({ path }) => path.endsWith('&moved'));
		expect(paths).toEqual([false, true, true]);
	});
});

describe('on demand', () => {
	it('only some statuses do', async () => {
		set({ callbackStatuses: ['FAILED', 'IN_PROGRESS'] });
		await submit('[fail]');
		await delivered(2);
		expect(statuses()).toEqual(['IN_PROGRESS', 'FAILED']);
	});

	it('each is repeated, all copies at once', async () => {
		set({ callbackRepeat: 3 });
		receiver.together = 3;
		await submit();
		await delivered(9);
		expect(statuses()).toEqual(
			['IN_QUEUE', 'IN_PROGRESS', 'COMPLETED'].flatMap((status) => Array<string>(3).fill(status)),
		);
		expect(receiver.peak).toBe(3);
	});

	it('they are late', async () => {
		set({ callbackDelayMs: 1_000_000 });
		const id = await submit();
		clock.ahead = 500_000;
		const { data } = await session.api.get<{ status: string }>(`/status/${id}`);
		expect(data.status).toBe('COMPLETED');
		expect(state().callbacks).toEqual([]);
		clock.ahead = 1_100_000;
		await delivered(3);
		expect(statuses()).toEqual(['IN_QUEUE', 'IN_PROGRESS', 'COMPLETED']);
	});

	it.each([
		['Hello', 'COMPLETED'],
		['[fail]', 'FAILED'],
	])('the end of “%s” overtakes', async (prompt, end) => {
		set({ callbackReorder: true });
		await submit(prompt);
		await delivered(3);
		expect(statuses()).toEqual(['IN_QUEUE', end, 'IN_PROGRESS']);
	});

	it('some are lost', async () => {
		set({ callbackLostCount: 2 });
		await submit();
		await delivered(3);
		expect(statuses()).toEqual(['COMPLETED']);
		const attempts = state().callbacks.map(({ attempt, responseStatus }) => [
			attempt,
			responseStatus,
		]);
		expect(attempts).toEqual([
			[0, 0],
			[0, 0],
			[1, 200],
		]);
		expect(state().settings.callbackLostCount).toBe(0);
	});

	it.each([
		['none', undefined],
		['text/plain', 'text/plain'],
	] as const)('the content type is %s', async (callbackContentType, contentType) => {
		set({ callbackContentType, callbackStatuses: ['COMPLETED'] });
		await submit();
		await delivered(1);
		expect(receiver.received[0]?.contentType).toBe(contentType);
		expect(statuses()).toEqual(['COMPLETED']);
	});

	it('they are retried when they are not accepted', async () => {
		set({ callbackAttempts: 3, callbackStatuses: ['IN_QUEUE', 'COMPLETED'] });
		receiver.answers.push(503, 500, 404, 401, 200);
		await submit();
		await delivered(5);
		const tries = state().callbacks.map(({ status, attempt, responseStatus }) =>
			[status, attempt, responseStatus].join(' '),
		);
		expect(tries).toEqual([
			'IN_QUEUE 1 503',
			'IN_QUEUE 2 500',
			'IN_QUEUE 3 404',
			'COMPLETED 1 401',
			'COMPLETED 2 200',
		]);
	});

	it('callbacks to an unreachable receiver are retried, and do no other harm', async () => {
		set({ callbackAttempts: 2, callbackStatuses: ['COMPLETED'] });
		await receiver.close();
		await submit();
		await delivered(2);
		expect(state().callbacks).toMatchObject([
			{ attempt: 1, responseStatus: 0 },
			{ attempt: 2, responseStatus: 0 },
		]);
		expect((await session.api.get('/webhook')).status).toBe(200);
	});
});

it.each(['a reset', 'the end'])('%s calls off what is on its way', async (end) => {
	receiver.answers.push('hang');
	await submit();
	await until(() => receiver.received.length === 1);
	if (end === 'a reset') await session.open.post('/control/reset');
	else await session.emulator.close();
	await until(() => receiver.open === 0);
	expect(state().callbacks).toEqual([]);
});

it('delivers hundreds in a burst, at most 50 at once', async () => {
	set({ callbackStatuses: ['COMPLETED'], callbackRepeat: 5 });
	receiver.together = 50;
	await Promise.all(Array.from({ length: 100 }, () => submit()));
	await delivered(500);
	expect(receiver.received).toHaveLength(500);
	expect(receiver.peak).toBe(50);
	expect(state().callbacks.every(({ responseStatus }) => responseStatus === 200)).toBe(true);
});
