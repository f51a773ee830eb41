import type { Outcome, Part } from '../part.cjs';
import { cell, table, type Verdict } from '../table.cjs';
import { beats, claims, measure, settings, type Results } from './claims.cjs';
import { peers } from './peers.cjs';
import {
	bands,
	modelsIn,
	runFixed,
	summarise,
	type Summary,
} from '../../test/support/fakes/polling-simulation.cjs';

const byBand = (first: string): string[] => [
	first,
	...bands.map(([from, to]) => `${from}–${to} s`),
];
const both = ({ late, calls }: Summary): string => `${late.toFixed(2)} / ${calls.toFixed(1)}`;

/** Fixed pauses need no simulation: half of one late, and as many polls as fit. What is known of them checks it. */
function isSane(): boolean {
	const models = modelsIn([60, 300], 2_000, 1, () => 1);
	return [0.5, 5, 20].every((pause) => {
		const schedule = { pauseMs: () => 1_000 * pause };
		const { late, calls } = summarise(runFixed(models, schedule));
		return isNear(late, pause / 2) && isNear(calls, 180 / pause + 0.5);
	});
}

const isNear = (found: number, expected: number): boolean => Math.abs(found / expected - 1) <= 0.05;

function page({ situations, warm15, peers15, bound, insuredBound }: Results): string {
	/** The setting that beats a peer most evenly. */
	const winner = (band: number, peer: Summary): string => {
		const ratio = (ours: Summary) => Math.max(ours.late / peer.late, ours.calls / peer.calls);
		const winners = settings
			.map((factor, index) => ({ factor, ours: cell(cell(warm15, band), index) }))
			.filter(({ ours }) => beats(ours, peer))
			.sort((left, right) => ratio(left.ours) - ratio(right.ours));
		return winners[0] === undefined ? '–' : `× ${winners[0].factor}`;
	};
	return [
		'### Balanced, mean lateness in s / mean calls',
		table(byBand(''), [
			...Array.from(situations, ([name, summaries]) => [name, ...summaries.map(both)]),
			[
				'worst lateness, ±15 %, s',
				...(situations.get('known kind, ±15 %') ?? []).map(({ worst }) => worst.toFixed(1)),
			],
		]),
		'The fewest calls for the lateness at ±15 %, when the range of the durations is known, without and with the polls that find any job at three times its own time plus 3 s:',
		table(byBand(''), [
			['within the range only', ...bound.map((calls) => calls.toFixed(1))],
			['with those before it', ...insuredBound.map((calls) => calls.toFixed(1))],
		]),
		'### Known kind, ±15 %: settings and peers',
		'Pauses of so many times those of Balanced; × 0.18 is Eager, × 5.7 is Frugal.',
		table(
			byBand('setting'),
			settings.map((factor, index) => [
				`× ${factor}`,
				...warm15.map((summaries) => both(cell(summaries, index))),
			]),
		),
		'Peers, with the setting that is earlier and cheaper than each, most evenly:',
		table(
			byBand('peer'),
			peers.map(({ rule }, index) => [
				rule,
				...peers15.map((list, band) => {
					const peer = cell(list, index);
					return `${both(peer)} (${winner(band, peer)})`;
				}),
			]),
		),
		peers.map(({ rule, packages }) => `- ${rule}: ${packages}`).join('\n'),
	].join('\n\n');
}

export const waiting: Part = {
	title: 'Waiting: how late, and with how many calls',
	intro:
		'In simulation: a poll takes no time, 2,000 jobs in each cell, seeded: the same figures each time. “Known kind”: after 48 jobs. Explained in [docs/waiting.md](../../docs/waiting.md).',
	async run(quick): Promise<Outcome> {
		const sane: Verdict = [
			'Fixed pauses come out as calculated: half a pause late, and as many polls as fit (within 5 %)',
			isSane(),
		];
		if (quick) return await Promise.resolve({ verdicts: [sane], figures: {}, page: '' });
		const results = measure();
		return { verdicts: [sane, ...claims(results)], figures: {}, page: page(results) };
	},
};
