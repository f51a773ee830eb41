import {
	createDurationHistory,
	type Observation,
} from '../../../nodes/core/polling/durationHistory';
import { seededRandom } from '../../support/fakes/virtual-host.cjs';

const around = (ms: number): Observation => ({
	lastRunningMs: Math.round(ms * 0.98),
	firstDoneMs: Math.round(ms * 1.02),
});

const filled = (durationsMs: readonly number[]) => {
	const history = createDurationHistory();
	durationsMs.forEach((ms, index) => history.add('m', around(ms), index));
	return history;
};

const middles = (observations: readonly Observation[]) =>
	observations.map(({ lastRunningMs, firstDoneMs }) =>
		Math.round((lastRunningMs + firstDoneMs) / 2),
	);

describe('the history of durations', () => {
	test('has at most 20,000 characters to store', () => {
		const history = createDurationHistory();
		for (let index = 0; index < 40 * 50; index++) {
			const kind = `${Math.floor(index / 50)}`.padEnd(100, 'x');
			history.add(kind, { lastRunningMs: 80_000_000, firstDoneMs: 86_400_000 }, index);
		}
		expect(JSON.stringify(history).length).toBeGreaterThan(15_000);
		expect(JSON.stringify(history).length).toBeLessThan(20_000);
	});

	test('keeps kinds apart', () => {
		expect(filled([1_000]).of('other')).toEqual([]);
	});

	test('has the jobs in the order in which they started, whatever order they ended in', () => {
		const history = createDurationHistory();
		for (const start of [3, 1, 2]) history.add('m', around(start * 1_000), start);
		expect(middles(history.of('m'))).toEqual([1_000, 2_000, 3_000]);
	});

	test('keeps a limited number of jobs and kinds, the most recent', () => {
		const history = filled(Array.from({ length: 500 }, (_none, index) => 10_000 + index));
		expect(history.of('m')).toHaveLength(48);
		expect(middles(history.of('m')).at(-1)).toBe(10_499);
		for (let kind = 0; kind < 1_000; kind++) history.add(`kind ${kind}`, around(1_000), kind);
		expect(history.of('m')).toEqual([]);
		expect(Object.keys(history.toJSON())).toHaveLength(32);
		expect(history.of('kind 999')).toHaveLength(1);
	});

	test.each([
		['slower', [20_000, 21_000, 23_000]],
		['quicker', [5_000, 4_000, 6_000]],
	])('starts anew when three jobs in a row are all %s than ever before', (_how, newest) => {
		const usual = [10_000, 11_000, 9_000, 10_500];
		expect(middles(filled([...usual, ...newest.slice(1)]).of('m'))).toHaveLength(6);
		expect(middles(filled([...usual, ...newest]).of('m'))).toEqual(newest);
		const broken = [newest[0] ?? 0, 10_000, ...newest.slice(1)];
		expect(middles(filled([...usual, ...broken]).of('m'))).toHaveLength(8);
	});

	test('does not take a batch that started together, and ends in the order of its durations, for a change', () => {
		const history = createDurationHistory();
		const random = seededRandom(3);
		const jobs = Array.from({ length: 40 }, (_none, job) => ({
			job,
			ms: 10_000 + 10_000 * random(),
		}));
		for (const { job, ms } of jobs.sort((left, right) => left.ms - right.ms))
			history.add('m', around(ms), job / 1_000);
		expect(history.of('m')).toHaveLength(40);
	});

	test('ignores what is impossible', () => {
		const history = createDurationHistory();
		const impossible = [
			[NaN, 5],
			[5, NaN],
			[-1, 5],
			[5, 5],
			[6, 5],
			[0, Infinity],
			[0, 1e12],
		] as const;
		for (const [lastRunningMs, firstDoneMs] of impossible)
			history.add('m', { lastRunningMs, firstDoneMs }, 0);
		history.add('', around(1_000), 0);
		history.add('x'.repeat(500), around(1_000), 0);
		expect(history.toJSON()).toEqual({});
	});
});

describe('what is stored for later executions', () => {
	test('comes back, through JSON', () => {
		const history = filled([10_000, 11_000, 9_500]);
		history.add('__proto__', around(3_000), 0);
		const again = createDurationHistory(JSON.parse(JSON.stringify(history)) as unknown);
		expect(middles(again.of('m'))).toEqual([10_000, 11_000, 9_500]);
		expect(again.of('__proto__')).toHaveLength(1);
		expect(Object.keys(Object.prototype)).toEqual([]);
	});

	test('comes back whole, also where its parts by themselves look like a change', () => {
		const m = [10_000, 9_000, 12_000, 13_500, 14_000, 13_700, 9_500].map((ms) => [ms - 50, ms]);
		const again = createDurationHistory({ m });
		expect(again.toJSON()).toEqual({ m });
		expect(again.differsFrom({ m })).toBe(false);
	});

	test('is older than the jobs of this process', () => {
		const again = createDurationHistory(filled([10_000, 11_000]).toJSON());
		again.add('m', around(10_500), -5);
		expect(middles(again.of('m')).at(-1)).toBe(10_500);
	});

	test.each<[string, unknown]>([
		['nothing', undefined],
		['null', null],
		['a text', 'm'],
		['a list', [1, 2, 3]],
		['kinds without lists', { m: 7, n: null, o: { length: 5 } }],
		['lists without pairs', { m: [1, 'x', null, {}, []] }],
		['pairs without numbers', { m: [['1', {}], [null], [NaN, -1], [5], [9, 2]] }],
		['prototypes', JSON.parse('{"__proto__":{"m":[[1,2]]}}') as unknown],
	])('may be odd: %s', (_what, stored) => {
		expect(createDurationHistory(stored).of('m')).toEqual([]);
	});

	test('loses only what is odd', () => {
		const stored = {
			n: 7,
			m: [
				[1, 'x'],
				[900, 1_000],
				[2, 1],
			],
		};
		expect(middles(createDurationHistory(stored).of('m'))).toEqual([950]);
	});

	test('costs little to read, however much it is', () => {
		const pairs = Array.from({ length: 100_000 }, () => [900, 1_000]);
		const kinds = Array.from({ length: 10_000 }, (_none, index) => [`k${index}`, pairs] as const);
		const history = createDurationHistory(Object.fromEntries(kinds));
		expect(Object.keys(history.toJSON())).toHaveLength(32);
		expect(history.of('k9999')).toHaveLength(24);
	});
});
