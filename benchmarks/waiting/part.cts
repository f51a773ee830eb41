import type { Outcome, Part } from '../part.cjs';
import type { Verdict } from '../table.cjs';
import { change, cold, learningCurve, settings, warm, type Cell } from './cells.cjs';
import { looksAtOnce, peers } from './peers.cjs';
import { plot } from './plot.cjs';
import { page, verdicts, type Results } from './report.cjs';
import { batch } from './waves.cjs';

/** How late a job's end is seen, and for how many looks: the same figures each time, after some minutes. */
async function simulate(quick: boolean): Promise<Outcome> {
	const warm15 = warm(0.15);
	const sane: Verdict = [
		'Every end is seen, none before it was there, and fixed pauses come out as can be reckoned: half of one late, and as many looks as fit (60–300 s, within 5 %)',
		warm15.every(isWhole) && isReckoned(warm15[3]!),
	];
	if (quick) return await Promise.resolve({ verdicts: [sane], figures: {}, page: '' });
	const results: Results = {
		warm15,
		warm40: warm(0.4),
		cold: cold(),
		doubled: change(2),
		halved: change(0.5),
		learning: learningCurve(),
		batch15: batch(0.15),
		batch40: batch(0.4),
	};
	const facts = peers.map(({ mark, packages, rule }) => ({ mark, packages, rule }));
	return {
		verdicts: [sane, ...verdicts(results)],
		figures: { settings, peers: facts, ...results },
		page: page(results),
		svg: plot(warm15, 0.15),
	};
}

const isWhole = ({ ours, peers: others }: Cell): boolean =>
	[...ours, ...others].every(({ late, calls }) => late >= 0 && calls >= 1);

/** Fixed pauses need no simulation: what is known of them says whether it is right. */
const isReckoned = ({ band: [from, to], peers: simulated }: Cell): boolean =>
	peers.every((peer, index) => {
		const { late, calls } = simulated[index]!;
		const pause = /^([\d.]+) s(, at once)?$/.exec(peer.rule)?.[1];
		if (pause === undefined) return true;
		const looks = (from + to) / 2 / Number(pause) + (looksAtOnce(peer) ? 1.5 : 0.5);
		return isNear(late, Number(pause) / 2) && isNear(calls, looks);
	});

const isNear = (found: number, reckoned: number): boolean => Math.abs(found / reckoned - 1) <= 0.05;

export const waiting: Part = {
	title: 'How late, and for how many looks',
	intro:
		'In simulation: a look takes no time, 2,000 jobs in each cell, seeded. What it means: [docs/waiting.md](../../docs/waiting.md).',
	run: simulate,
};
