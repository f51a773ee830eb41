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
/** How long after its submission the job was first looked at, in milliseconds. */
function firstPause(): number {
	const [submission, look] = session.emulator.state.requests;
	return (look?.at ?? 0) - (submission?.at ?? 0);
}

test('what one execution learns of a model, the next one knows', async () => {
	session.emulator.state.settings.workMs = 5_000;
	const staticData = {};
	await session.run({ ...write, ...own }, { staticData });
	expect(JSON.stringify(staticData)).toContain('falcon-7b-instruct');
	session.emulator.state.requests = [];
	const { items } = await session.run({ ...write, ...own }, { staticData });
	expect(items[0]?.json['status']).toBe('COMPLETED');
	// Without experience it is less than two seconds.
	expect(firstPause()).toBeGreaterThan(2_500);
});

test('executions of one process learn from each other, whatever is kept', async () => {
	session.emulator.state.settings.workMs = 5_000;
	await session.run({ ...write, ...own }, { workflowId: 'same' });
	session.emulator.state.requests = [];
	await session.run({ ...write, ...own }, { workflowId: 'other' });
	expect(firstPause()).toBeLessThan(2_500);
	session.emulator.state.requests = [];
	await session.run({ ...write, ...own }, { workflowId: 'same' });
	expect(firstPause()).toBeGreaterThan(2_500);
});

test('what is known already is not kept again: n8n would write over what others kept', async () => {
	const staticData: IDataObject = {};
	const items = Array.from({ length: 30 }, () => ({ json: {} }));
	await session.run({ ...write, ...own }, { staticData, workflowId: 'often', items });
	const kept = JSON.stringify(staticData);
	expect(kept).toContain('falcon-7b-instruct');
	await session.run({ ...write, ...own }, { staticData, workflowId: 'often' });
	expect(JSON.stringify(staticData)).toBe(kept);
});

test.each([
	['a text', '{"kinds":[{"kind":7}]}'],
	['an object that is no text either', { toString: 1, valueOf: 1 }],
])('a memory that somebody has spoilt does no harm: %s', async (_what, durations) => {
	const staticData = { 'node:MonsterAPI': { durations } };
	const { items } = await session.run({ ...write, ...own }, { staticData });
	expect(items[0]?.json['status']).toBe('COMPLETED');
});

test('a job of one’s own pace is learned from, too', async () => {
	const staticData = {};
	await session.run(write, { staticData });
	expect(JSON.stringify(staticData)).toContain('falcon-7b-instruct');
});
