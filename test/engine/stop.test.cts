import { setTimeout as pause } from 'node:timers/promises';

import { binaryOf, outcomeOf } from '../support/engine/engine.cjs';
import { useSession } from '../support/engine/session.cjs';

const session = useSession();
const write = {
	resource: 'model',
	operation: 'generateText',
	model: 'falcon-7b-instruct',
	prompt: 'Hello',
};
const state = () => session.emulator.state;
const promptMs = 100;

/** Waits until the emulator has seen what the test is about. */
async function until(condition: () => boolean): Promise<void> {
	while (!condition()) await pause(5);
}

/** Cancels the execution and observes what still happens: how long work continues, and what is sent afterwards. */
async function stopAndWatch(running: ReturnType<typeof session.begin>) {
	const stoppedAt = Date.now();
	running.stop();
	const { items, error } = outcomeOf(await running.run);
	await until(() => state().openRequests === 0 && state().openTransfers === 0);
	const openMs = Date.now() - stoppedAt;
	// Long enough for two polls, or the shortest backoff, of an execution that was not cancelled.
	await pause(600);
	const late = state().requests.filter(({ at }) => at > stoppedAt + promptMs);
	return { items, message: error?.message, description: error?.description, openMs, late };
}

const watched = { items: [], message: 'The execution was stopped', late: [] };

/* Without a cancellation these executions would take longer than a test may. */
test('a cancellation ends the sleep before the first poll', async () => {
	const running = session.begin({ ...write, options: { pollIntervalSeconds: 600 } });
	await until(() => state().requests.some(({ method }) => method === 'POST'));
	expect(await stopAndWatch(running)).toMatchObject(watched);
});

test('a cancellation ends the sleep between two polls', async () => {
	state().settings.workMs = 3_600_000;
	const running = session.begin(write);
	await until(() => state().requests.some(({ method }) => method === 'GET'));
	expect(await stopAndWatch(running)).toMatchObject(watched);
});

test.each([
	['a submission', 'POST'],
	['a poll', 'GET'],
])('stop ends %s that gets no answer', async (_name, method) => {
	state().faults.push({ method, drop: 'hang', times: 9 });
	const running = session.begin(write);
	await until(() => state().openRequests > 0 && state().faults[0]?.times !== 9);
	const seen = await stopAndWatch(running);
	expect(seen).toMatchObject(watched);
	expect(seen.openMs).toBeLessThan(promptMs);
});

test('a cancellation ends a backoff', async () => {
	state().faults.push({ method: 'GET', status: 503, headers: { 'retry-after': '60' }, times: 99 });
	const running = session.begin(write);
	await until(() => state().requests.some(({ status }) => status === 503));
	expect(await stopAndWatch(running)).toMatchObject(watched);
});

test('a cancellation ends the pause after a 429, for all items', async () => {
	state().faults.push({ status: 429, headers: { 'retry-after': '60' }, times: 99 });
	const running = session.begin(write, { items: Array.from({ length: 30 }, () => ({ json: {} })) });
	// Ten are sent together; on a busy machine some of them arrive late.
	await until(() => state().requests.filter(({ status }) => status === 429).length >= 10);
	expect(await stopAndWatch(running)).toMatchObject(watched);
});

test('a cancellation ends an upload', async () => {
	const running = session.begin(
		{ resource: 'file', operation: 'upload' },
		{
			items: [
				{ json: {}, binary: { data: await binaryOf(Buffer.alloc(300_000_000), 'a.bin', 'x/y') } },
			],
		},
	);
	await until(() => state().openTransfers > 0);
	const seen = await stopAndWatch(running);
	expect(seen).toMatchObject(watched);
	expect(seen.openMs).toBeLessThan(promptMs);
});

test('a cancellation ends a download', async () => {
	state().settings.resultBytes = 2_000_000_000;
	const running = session.begin({
		...write,
		operation: 'generateImage',
		model: 'txt2img',
		// A file that is refused for its size would not be downloading for long.
		options: { maxFileSize: 0 },
	});
	await until(() => state().openTransfers > 0);
	const seen = await stopAndWatch(running);
	expect(seen).toMatchObject(watched);
	expect(seen.openMs).toBeLessThan(promptMs);
});

test('a cancellation starts no further item of a batch', async () => {
	state().settings.workMs = 3_600_000;
	const running = session.begin(
		{ ...write, options: { maxConcurrency: 2 } },
		{ items: Array.from({ length: 20 }, () => ({ json: {} })) },
	);
	const polls = () => new Set(session.calls().filter((call) => call.startsWith('GET'))).size;
	await until(() => polls() === 2);
	const seen = await stopAndWatch(running);
	expect(seen).toMatchObject(watched);
	const ids = [...state().jobs.keys()];
	expect(ids).toHaveLength(2);
	// Accepted jobs are billed: the message says how to get their results.
	for (const id of ids) expect(seen.description).toContain(id);
});
