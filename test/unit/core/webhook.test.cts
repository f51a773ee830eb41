import { parseCallback } from '../../../nodes/core/webhook/callback';
import { createDeduplicator } from '../../../nodes/core/webhook/deduplicator';
import { isToken, webhookToken } from '../../../nodes/core/webhook/token';
import { identityOf } from '../../../nodes/MonsterApiTrigger/identity';

describe('the token', () => {
	test('depends on the key and the scope, and on nothing else', () => {
		const token = webhookToken('key', 'live/a');
		expect(token).toBe(webhookToken('key', 'live/a'));
		expect(token).toMatch(/^[\w-]{43}$/);
		expect(webhookToken('other', 'live/a')).not.toBe(token);
		expect(webhookToken('key', 'test/a')).not.toBe(token);
		expect(token).not.toContain('key');
	});

	test.each([undefined, null, '', 7, [], ['x'], {}, 'x'])('%j is no token', (value) => {
		expect(isToken(value, webhookToken('key', 'a'))).toBe(false);
	});

	test('a very long text is no token', () =>
		expect(isToken('x'.repeat(100_000), webhookToken('key', 'a'))).toBe(false));

	test('is recognized', () => {
		const token = webhookToken('key', 'a');
		expect(isToken(token, token)).toBe(true);
		expect(isToken([token], token)).toBe(false);
		expect(isToken(`${token} `, token)).toBe(false);
	});
});

describe('a callback', () => {
	const body = { process_id: 'p-1', model_name: 'whisper', status: 'Completed', result: {} };

	test('is parsed from JSON, and from a raw body of any content type', () => {
		const read = { kind: 'status', processId: 'p-1', status: 'COMPLETED', model: 'whisper' };
		expect(parseCallback(body, undefined)).toMatchObject(read);
		expect(parseCallback({}, JSON.stringify(body))).toMatchObject(read);
		expect(parseCallback(JSON.stringify(body), JSON.stringify(body))).toMatchObject(read);
	});

	test.each<[unknown, string | undefined]>([
		[{}, undefined],
		[{}, ''],
		[{ hello: 1 }, '{"hello":1}'],
		[[], '[]'],
		[null, 'null'],
		['text', 'text'],
		[{}, '{"process_id"'],
		[{}, '['.repeat(100_000)],
		[{}, '{"__proto__":{"process_id":"p-1","status":"COMPLETED"}}'],
		[{}, '[{"process_id":"p-1","status":"COMPLETED"}]'],
	])('%# without a process ID is a probe', (parsed, raw) => {
		expect(parseCallback(parsed, raw)).toEqual({ kind: 'probe' });
	});

	test.each([
		{ process_id: '../upload', status: 'COMPLETED' },
		{ process_id: '..', status: 'COMPLETED' },
		{ process_id: 'a/b', status: 'COMPLETED' },
		{ process_id: 'a%2fb', status: 'COMPLETED' },
		{ process_id: 'x'.repeat(100_000), status: 'COMPLETED' },
		{ process_id: { a: 1 }, status: 'COMPLETED' },
		{ process_id: null, status: 'COMPLETED' },
		{ process_id: 'p-1' },
		{ process_id: 'p-1', status: 7 },
		{ process_id: 'p-1', status: 'X'.repeat(1_000) },
	])('%# is malformed', (parsed) => {
		expect(parseCallback(parsed, undefined)).toEqual({ kind: 'malformed' });
	});
});

describe('deliveries', () => {
	test('are duplicates when repeated, or after the end', () => {
		const deliveries = createDeduplicator(10);
		expect(deliveries.isDuplicate('p', 'IN_PROGRESS')).toBe(false);
		deliveries.add('p', 'IN_PROGRESS');
		expect(deliveries.isDuplicate('p', 'IN_PROGRESS')).toBe(true);
		expect(deliveries.isDuplicate('p', 'COMPLETED')).toBe(false);
		deliveries.add('p', 'COMPLETED');
		for (const status of ['COMPLETED', 'FAILED', 'IN_QUEUE']) {
			expect(deliveries.isDuplicate('p', status)).toBe(true);
		}
		expect(deliveries.isDuplicate('q', 'COMPLETED')).toBe(false);
	});

	test('are bounded, the oldest dropped first, and survive a restart', () => {
		const deliveries = createDeduplicator(3);
		for (const id of ['a', 'b', 'c', 'd']) {
			deliveries.add(id, 'COMPLETED');
			deliveries.started(id, 'COMPLETED');
		}
		expect(deliveries.newest(9)).toEqual(['b COMPLETED', 'c COMPLETED', 'd COMPLETED']);
		expect(deliveries.newest(1)).toEqual(['d COMPLETED']);
		const restarted = createDeduplicator(3);
		restarted.restore(deliveries.newest(2));
		expect(restarted.isDuplicate('c', 'COMPLETED')).toBe(true);
		expect(restarted.isDuplicate('b', 'COMPLETED')).toBe(false);
	});
});

test('a delivery whose execution has not started is not stored', () => {
	const deliveries = createDeduplicator(3);
	for (const id of ['slow', 'quick']) deliveries.add(id, 'COMPLETED');
	deliveries.started('quick', 'COMPLETED');
	expect(deliveries.newest(9)).toEqual(['quick COMPLETED']);
	expect(deliveries.isDuplicate('slow', 'COMPLETED')).toBe(true);
	deliveries.started('slow', 'COMPLETED');
	expect(deliveries.newest(9)).toEqual(['slow COMPLETED', 'quick COMPLETED']);
});

describe('the identity of a trigger', () => {
	const node = { id: 'n1', name: 'My trigger', webhookId: 'h1' };

	test('is unaffected when workflow or node are renamed', () => {
		expect(identityOf(node, 'w1', '', false)).toEqual(
			identityOf({ ...node, name: 'Other' }, 'w1', '', false),
		);
		expect(identityOf(node, 'w1', '', false)).toEqual({
			name: 'n8n-trigger-517e9dc5',
			scope: 'live/h1',
		});
	});

	test('differs between two triggers, two workflows, test and production', () => {
		const all = [
			identityOf(node, 'w1', '', false),
			identityOf(node, 'w1', '', true),
			identityOf(node, 'w2', '', false),
			identityOf({ ...node, id: 'n2' }, 'w1', '', false),
		];
		expect(new Set(all.map(({ name }) => name)).size).toBe(4);
	});

	test('uses the user’s own name', () => {
		expect(identityOf(node, 'w1', 'mine', false).name).toBe('mine');
		expect(identityOf(node, 'w1', 'mine', true).name).toBe('mine-test');
	});
});
