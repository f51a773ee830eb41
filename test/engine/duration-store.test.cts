import type { IDataObject } from 'n8n-workflow';

import { useSession } from '../support/engine/session.cjs';

const session = useSession();
const write = {
	resource: 'model',
	operation: 'generateText',
	model: 'falcon-7b-instruct',
	prompt: 'Hello',
};
const own = { options: { pollIntervalSeconds: 0 } };
/** How long after its submission the job was first polled, in milliseconds. */
function firstPause(): number {
	const [submission, poll] = session.emulator.state.requests;
	return (poll?.at ?? 0) - (submission?.at ?? 0);
}

test('durations of one execution are known to the next', async () => {
	session.emulator.state.settings.workMs = 5_000;
	const staticData = {};
	await session.run({ ...write, ...own }, { staticData });
	expect(JSON.stringify(staticData)).toContain('falcon-7b-instruct');
	session.emulator.state.requests = [];
	const { items } = await session.run({ ...write, ...own }, { staticData });
	expect(items[0]?.json['status']).toBe('COMPLETED');
	// Less than two seconds for a job of an unknown kind; an insurance poll is due by three.
	expect(firstPause()).toBeGreaterThan(2_400);
});

test('executions of one process share their history, whatever is stored', async () => {
	session.emulator.state.settings.workMs = 5_000;
	await session.run({ ...write, ...own }, { workflowId: 'same' });
	session.emulator.state.requests = [];
	await session.run({ ...write, ...own }, { workflowId: 'other' });
	expect(firstPause()).toBeLessThan(2_400);
	session.emulator.state.requests = [];
	await session.run({ ...write, ...own }, { workflowId: 'same' });
	expect(firstPause()).toBeGreaterThan(2_400);
});

test('an unchanged history is not stored again: n8n would overwrite what others stored', async () => {
	const staticData: IDataObject = {};
	const items = Array.from({ length: 30 }, () => ({ json: {} }));
	await session.run({ ...write, ...own }, { staticData, workflowId: 'often', items });
	const stored = JSON.stringify(staticData);
	expect(stored).toContain('falcon-7b-instruct');
	await session.run({ ...write, ...own }, { staticData, workflowId: 'often' });
	expect(JSON.stringify(staticData)).toBe(stored);
});

test.each([
	['a text', '{"falcon-7b-instruct 0":[[7],null,[2,1]]}'],
	['an object that is no text either', { toString: 1, valueOf: 1 }],
])('spoilt static data does no harm: %s', async (_what, durations) => {
	const staticData = { 'node:MonsterAPI': { durations } };
	const { items } = await session.run({ ...write, ...own }, { staticData });
	expect(items[0]?.json['status']).toBe('COMPLETED');
});

test('a job with the user’s own interval is recorded too', async () => {
	const staticData = {};
	await session.run(write, { staticData });
	expect(JSON.stringify(staticData)).toContain('falcon-7b-instruct');
});
