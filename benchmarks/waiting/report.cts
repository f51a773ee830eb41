import { table, type Verdict } from '../table.cjs';
import { middle, settings, type Cell, type Change, type Step } from './cells.cjs';
import { peers } from './peers.cjs';
import { bands, type Band, type Summary } from './simulate.cjs';
import type { Waves } from './waves.cjs';

export interface Results {
	readonly cold: readonly Cell[];
	readonly warm15: readonly Cell[];
	readonly warm40: readonly Cell[];
	readonly doubled: readonly Change[];
	readonly halved: readonly Change[];
	readonly learning: readonly Step[];
	readonly batch15: readonly Waves[];
	readonly batch40: readonly Waves[];
}

const nameOf = ([from, to]: Band) => `${from}–${to} s`;
const both = ({ late, calls }: Pick<Summary, 'late' | 'calls'>) =>
	`${late.toFixed(2)} / ${calls.toFixed(1)}`;
const byBand = (first: string) => [first, ...bands.map(nameOf)];

const atMiddle = (cell: Cell) => cell.ours[settings.indexOf(middle)]!;
const boundAtMiddle = (cell: Cell) => cell.bound[settings.indexOf(middle)]!;

/** Whether something is both earlier and cheaper than something else. */
const beats = (one: Summary, other: Summary) => one.late < other.late && one.calls < other.calls;

/** The settings that are both earlier and cheaper than a peer; the most even of them. */
function winner(cell: Cell, other: Summary): string {
	const [best] = cell.ours
		.filter((one) => beats(one, other))
		.sort((left, right) => worstRatio(left, other) - worstRatio(right, other));
	if (best === undefined) return '**none**';
	return `${(other.late / best.late).toFixed(1)} × / ${(other.calls / best.calls).toFixed(1)} × (${best.setting})`;
}

const worstRatio = (one: Summary, other: Summary) =>
	Math.max(one.late / other.late, one.calls / other.calls);

/** What the claims come to: each a sentence and whether it holds. */
export function verdicts(results: Results): Verdict[] {
	const { cold, warm15, warm40, doubled } = results;
	const from5 = warm15.slice(1);
	const beaten = (cells: readonly Cell[]) =>
		cells.some((cell) => cell.peers.some((peer) => beats(peer, atMiddle(cell))));
	const limits = [3, 12, 25, 54, 166];
	const [m20, m60] = [atMiddle(warm15[2]!), atMiddle(warm15[3]!)];
	return [
		[
			'Warm, ±15 %, from 5 s: for every peer and band a setting is earlier and cheaper',
			from5.every((cell) => cell.peers.every((peer) => cell.ours.some((one) => beats(one, peer)))),
		],
		['Warm, ±15 %: no peer is earlier and cheaper than the middle', !beaten(warm15)],
		['Warm, ±40 %: no peer is earlier and cheaper than the middle', !beaten(warm40)],
		[`20–60 s: 0.5 s with 8 calls (${both(m20)})`, m20.late <= 0.5 && m20.calls <= 8],
		[`60–300 s: 1.5 s with 10 calls (${both(m60)})`, m60.late <= 1.5 && m60.calls <= 10],
		[
			'Warm, ±40 %: earlier and cheaper than cold, in every band',
			warm40.every((cell, index) => beats(atMiddle(cell), atMiddle(cold[index]!))),
		],
		[
			'Cold: mean lateness within a tenth or 0.5 s, with at most 3 / 12 / 25 / 54 / 166 calls',
			cold.every((cell, index) => {
				const { late, calls } = atMiddle(cell);
				const usual = (cell.band[0] + cell.band[1]) / 2;
				return late <= Math.max(0.5, usual / 10) && calls <= limits[index]!;
			}),
		],
		[
			'Twice as slow: no job later than a tenth of its time and a second',
			doubled.every(({ aboveTenth }) => aboveTenth <= 1),
		],
		[
			'Twice as slow, from 5 s: ten jobs later within 10 % of what the model costs when it was always so',
			doubled.slice(1).every(isBack),
		],
		['The same for jobs of 1–5 s', doubled.slice(0, 1).every(isBack)],
	];
}

const isBack = ({ later, always }: Change) =>
	later.late <= 1.1 * always.late && later.calls <= 1.1 * always.calls;

const changes = (list: readonly Change[]): string =>
	table(byBand(''), [
		['the ten jobs after', ...list.map(({ first }) => both(first))],
		['worst of them, s', ...list.map(({ first }) => first.worst.toFixed(1))],
		['above a tenth of its time, s', ...list.map(({ aboveTenth }) => aboveTenth.toFixed(2))],
		['jobs 11 to 60', ...list.map(({ later }) => both(later))],
		['always so', ...list.map(({ always }) => both(always))],
	]);

const figures = (cells: readonly Cell[]): string =>
	table(byBand('mean lateness in s / mean calls'), [
		...settings.map((setting, index) => [
			setting === middle ? `**ours, ${setting}**` : `ours, ${setting}`,
			...cells.map((cell) => both(cell.ours[index]!)),
		]),
		['worst lateness at 0.5, s', ...cells.map((cell) => atMiddle(cell).worst.toFixed(1))],
		[
			'fewest calls possible for that lateness',
			...cells.map((cell) => boundAtMiddle(cell).toFixed(1)),
		],
		['the first schedule of this node', ...cells.map(({ before }) => both(before))],
		...peers.map(({ mark, rule }, index) => [
			`${mark}: ${rule}`,
			...cells.map((cell) => both(cell.peers[index]!)),
		]),
	]);

/** The results as a page; what is most asked stands first. */
export function page(results: Results): string {
	const { cold, warm15, warm40 } = results;
	const ratio = (cell: Cell) => (atMiddle(cell).calls / boundAtMiddle(cell)).toFixed(2);
	const parts = [
		'### Ratios',
		'Looks at the middle setting, as a multiple of the fewest that any schedule needs for the same lateness when it knows the distribution:',
		table(byBand(''), [
			['warm, ±15 %', ...warm15.map(ratio)],
			['warm, ±40 %', ...warm40.map(ratio)],
			['cold (the bound knows the band)', ...cold.map(ratio)],
		]),
		'Peers against the setting that beats them on both counts most evenly, warm, ±15 %: how many times as late they are / how many times as many calls they make (setting):',
		table(
			byBand('peer'),
			peers.map(({ mark, rule }, index) => [
				`${mark}: ${rule}`,
				...warm15.map((cell) => winner(cell, cell.peers[index]!)),
			]),
		),
		'### Warm, ±15 %',
		figures(warm15),
		'### Warm, ±40 %',
		figures(warm40),
		'### Cold',
		figures(cold),
		'### A model that becomes twice as slow',
		changes(results.doubled),
		'### A model that becomes twice as fast',
		changes(results.halved),
		'### How fast a kind gets warm (±15 %, middle setting)',
		table(
			byBand('jobs seen before'),
			results.learning.map((step) => [`${step.known}`, ...step.bands.map(both)]),
		),
		'### Two hundred jobs of a new kind, a hundred at a time',
		table(byBand(''), [
			['±15 %, the first hundred', ...results.batch15.map(({ first }) => both(first))],
			['the second', ...results.batch15.map(({ second }) => both(second))],
			['±40 %, the first hundred', ...results.batch40.map(({ first }) => both(first))],
			['the second', ...results.batch40.map(({ second }) => both(second))],
		]),
		'### Peers',
		peers.map(({ mark, rule, packages }) => `- ${mark}: ${rule}. ${packages}`).join('\n'),
	];
	return parts.join('\n\n');
}
