import type { Outcome, Part } from '../part.cjs';
import type { Verdict } from '../table.cjs';
import { change, cold, learningCurve, settings, warm, type Cell } from './cells.cjs';
import { peers } from './peers.cjs';
import { plot } from './plot.cjs';
import { page, verdicts, type Results } from './report.cjs';
import { batch } from './waves.cjs';

/** How late a job's end is seen, and for how many looks: the same figures each time, after some minutes. */
async function simulate(quick: boolean): Promise<Outcome> {
	const warm15 = warm(0.15);
	const sane: Verdict = [
		'The end of every job is seen, and none before it was there',
		isSane(warm15),
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

const isSane = (cells: readonly Cell[]): boolean =>
	cells.every(({ ours, peers: others }) =>
		[...ours, ...others].every(({ late, calls }) => late >= 0 && calls >= 1),
	);

export const waiting: Part = {
	title: 'How late, and for how many looks',
	intro:
		'In simulation: a look takes no time, 2,000 jobs in each cell, seeded. What it means: [docs/waiting.md](../../docs/waiting.md).',
	run: simulate,
};
