import { createDurationHistory, kindOf } from '../../../nodes/core/polling/durationHistory';
import { isTelling, type Observation } from '../../../nodes/core/polling/observation';
import { seededRandom } from '../../support/fakes/virtual-host.cjs';

const ended = (ms: number): Observation => ({ lastRunningMs: ms * 0.98, firstDoneMs: ms * 1.02 });

const filled = (list: readonly number[]) => {
	const durations = createDurationHistory();
	list.forEach((ms, index) => durations.add('m', ended(ms), index));
	return durations;
};

const middles = (seen: readonly Observation[]) =>
	seen.map(({ lastRunningMs: lastRunningMs, firstDoneMs: firstDoneMs }) =>
		Math.round((lastRunningMs + firstDoneMs) / 2),
	);

describe('what is remembered of durations', () => {
	test('what is stored stays below 20,000 characters', () => {
		const durations = createDurationHistory();
		for (let index = 0; index < 40 * 50; index++) {
			const kind = kindOf(`${Math.floor(index / 50)}${'x'.repeat(200)}`, 1e300);
			durations.add(kind, { lastRunningMs: 80_000_000, firstDoneMs: 86_400_000 }, index);
		}
		expect(JSON.stringify(durations).length).toBeGreaterThan(15_000);
		expect(JSON.stringify(durations).length).toBeLessThan(20_000);
	});

	test('kinds are apart: by model, and by sizes of a factor of two', () => {
		expect(kindOf('sdxl-base', 30)).toBe(kindOf('sdxl-base', 17));
		expect(kindOf('sdxl-base', 30)).not.toBe(kindOf('sdxl-base', 33));
		expect(kindOf('sdxl-base')).not.toBe(kindOf('txt2img'));
		for (const size of [NaN, -5, 0, Infinity]) expect(kindOf('m', size)).toBe(kindOf('m', 1));
		const durations = filled([1_000]);
		expect(durations.of('other')).toEqual([]);
	});

	test('jobs stand in the order in which they started, whatever order they ended in', () => {
		const durations = createDurationHistory();
		for (const start of [3, 1, 2]) durations.add('m', ended(start * 1_000), start);
		expect(middles(durations.of('m'))).toEqual([1_000, 2_000, 3_000]);
	});

	test('the list is the same until something is added', () => {
		const durations = filled([1_000]);
		const before = durations.of('m');
		expect(durations.of('m')).toBe(before);
		durations.add('m', ended(1_000), 1);
		expect(durations.of('m')).not.toBe(before);
	});

	test('only so many jobs and kinds are kept, the newest', () => {
		const durations = filled(Array.from({ length: 500 }, (_none, index) => 10_000 + index));
		expect(durations.of('m')).toHaveLength(48);
		expect(middles(durations.of('m')).at(-1)).toBe(10_499);
		for (let kind = 0; kind < 1_000; kind++) durations.add(`kind ${kind}`, ended(1_000), kind);
		expect(durations.of('m')).toEqual([]);
		expect(durations.toJSON().kinds).toHaveLength(32);
		expect(durations.of('kind 999')).toHaveLength(1);
	});

	test('vague sightings do not push out the last that tell something', () => {
		const durations = filled([10_000, 11_000, 12_000]);
		for (let job = 0; job < 200; job++)
			durations.add('m', { lastRunningMs: 0, firstDoneMs: 14_000 }, 10 + job);
		expect(middles(durations.of('m')).slice(0, 3)).toEqual([10_000, 11_000, 12_000]);
		expect(durations.of('m')).toHaveLength(48);
		// Nor out of what is stored, which is half as much: a later execution would know nothing.
		const again = createDurationHistory(durations.toJSON()).of('m');
		expect(middles(again).slice(0, 3)).toEqual([10_000, 11_000, 12_000]);
		expect(again).toHaveLength(24);
		expect(durations.hasNewsBeside(durations.toJSON())).toBe(false);
	});

	test.each([
		['slower', [20_000, 21_000, 23_000]],
		['quicker', [5_000, 4_000, 6_000]],
	])('three in a row that are all %s than ever before: the model has changed', (_how, newest) => {
		const usual = [10_000, 11_000, 9_000, 10_500];
		expect(middles(filled([...usual, ...newest.slice(1)]).of('m'))).toHaveLength(6);
		expect(middles(filled([...usual, ...newest]).of('m'))).toEqual(newest);
		const broken = [newest[0] ?? 0, 10_000, ...newest.slice(1)];
		expect(middles(filled([...usual, ...broken]).of('m'))).toHaveLength(8);
	});

	test.each([
		['slower', 20_000, { lastRunningMs: 9_000, firstDoneMs: 30_000 }],
		['quicker', 4_000, { lastRunningMs: 3_000, firstDoneMs: 4_500 }],
	])('%s, also when one job in twenty was an exception', (_how, ms, exception) => {
		const durations = createDurationHistory();
		for (let job = 0; job < 20; job++)
			durations.add('m', job === 7 ? exception : ended(10_000 + 50 * job), job);
		for (let job = 20; job < 23; job++) durations.add('m', ended(ms), job);
		expect(middles(durations.of('m'))).toEqual([ms, ms, ms]);
	});

	test.each([
		[8_500, 0],
		[9_500, 8],
	])(
		'sixty that had all ended at a first look after %i ms: %i of those before still count',
		(firstDoneMs, left) => {
			const durations = createDurationHistory();
			for (let job = 0; job < 8; job++)
				durations.add('m', { lastRunningMs: 9_000, firstDoneMs: 10_000 }, job);
			for (let job = 8; job < 68; job++)
				durations.add('m', { lastRunningMs: 0, firstDoneMs: firstDoneMs }, job);
			expect(durations.of('m').filter(isTelling)).toHaveLength(left);
		},
	);

	test('one slow job does not make ordinary looks early ones', () => {
		const durations = createDurationHistory();
		for (let job = 0; job < 7; job++)
			durations.add('m', { lastRunningMs: 9_000, firstDoneMs: 10_000 }, job);
		durations.add('m', { lastRunningMs: 55_000, firstDoneMs: 60_000 }, 7);
		for (let job = 8; job < 68; job++)
			durations.add('m', { lastRunningMs: 0, firstDoneMs: 10_500 }, job);
		expect(durations.of('m').filter(isTelling)).toHaveLength(8);
	});

	test('a batch that started together ends in the order of its durations, and that is no change', () => {
		const durations = createDurationHistory();
		const random = seededRandom(3);
		const list = Array.from({ length: 40 }, (_none, job) => ({
			job,
			ms: 10_000 + 10_000 * random(),
		}));
		for (const { job, ms } of list.sort((left, right) => left.ms - right.ms))
			durations.add('m', ended(ms), job / 1_000);
		expect(durations.of('m')).toHaveLength(40);
	});

	test('what cannot be is not taken', () => {
		const durations = createDurationHistory();
		const wrong = [
			[NaN, 5],
			[5, NaN],
			[-1, 5],
			[5, 5],
			[6, 5],
			[0, Infinity],
			[0, 1e12],
		] as const;
		for (const [lastRunningMs, firstDoneMs] of wrong)
			durations.add('m', { lastRunningMs: lastRunningMs, firstDoneMs: firstDoneMs }, 0);
		durations.add('', ended(1_000), 0);
		durations.add('x'.repeat(500), ended(1_000), 0);
		expect(durations.toJSON()).toEqual({ kinds: [] });
	});
});

describe('what is kept for later executions', () => {
	test('comes back, through JSON', () => {
		const durations = filled([10_000, 11_000, 9_500]);
		durations.add('__proto__', ended(3_000), 0);
		const again = createDurationHistory(JSON.parse(JSON.stringify(durations)) as unknown);
		expect(again.of('m')).toEqual(durations.of('m'));
		expect(again.of('__proto__')).toHaveLength(1);
		expect(Object.keys(Object.prototype)).toEqual([]);
	});

	test('stays small', () => {
		const durations = createDurationHistory();
		for (let kind = 0; kind < 100; kind++)
			for (let job = 0; job < 100; job++)
				durations.add(`${'model'.repeat(10)} ${kind}`, ended(1_000_000 + job), job);
		expect(JSON.stringify(durations).length).toBeLessThan(16_000);
	});

	test('comes back whole, also where its parts by themselves look like a change', () => {
		const seen = [10_000, 9_000, 12_000, 13_500, 14_000, 13_700, 9_500].flatMap((ms) => [
			ms - 50,
			ms,
		]);
		const stored = { kinds: [{ kind: 'm', seen }] };
		const again = createDurationHistory(stored);
		expect(again.toJSON()).toEqual(stored);
		expect(again.hasNewsBeside(stored)).toBe(false);
	});

	test('jobs of this execution count as newer than those kept', () => {
		const again = createDurationHistory(filled([10_000, 11_000]).toJSON());
		again.add('m', ended(10_500), -5);
		expect(middles(again.of('m')).at(-1)).toBe(10_500);
	});

	test.each([
		['nothing', undefined],
		['null', null],
		['a text', 'kinds'],
		['a list', [1, 2, 3]],
		['kinds that are none', { kinds: { length: 5 } }],
		[
			'entries that are none',
			{ kinds: [null, 1, 'x', [], {}, { kind: 'm' }, { kind: 7, seen: [1, 2] }] },
		],
		['numbers that are none', { kinds: [{ kind: 'm', seen: ['1', {}, null, NaN, -1, 5, 9, 2] }] }],
		['prototypes', JSON.parse('{"__proto__":{"kinds":[{"kind":"m","seen":[1,2]}]}}') as unknown],
	])('%s is passed over', (_what, stored) => {
		expect(createDurationHistory(stored).of('m')).toEqual([]);
	});

	test('a million entries cost no more than a few', () => {
		const seen = Array.from({ length: 1_000_000 }, (_none, index) =>
			index % 2 === 0 ? 900 : 1_000,
		);
		const kinds = Array.from({ length: 100_000 }, (_none, index) => ({ kind: `k${index}`, seen }));
		const durations = createDurationHistory({ kinds });
		expect(durations.toJSON().kinds).toHaveLength(32);
		expect(durations.of('k99999')).toHaveLength(24);
	});
});
