/**
 * How late a job's end is seen, and for how many looks: the schedule that learns against the schedules of other
 * packages, in simulation. Some minutes; the same figures each time.
 *
 *     node --require tsx/cjs benchmarks/waiting.cts
 *
 * Writes benchmarks/results/waiting.json, .md and .svg, and says which claims hold.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { batch, change, cold, learningCurve, settings, warm } from './waiting/cells.cjs';
import { peers } from './waiting/peers.cjs';
import { plot } from './waiting/plot.cjs';
import { page, type Results } from './waiting/report.cjs';

const folder = join(__dirname, 'results');

/** Four digits: enough for every ratio, few enough to be read. */
const rounded = (_key: string, value: unknown): unknown =>
	typeof value === 'number' ? Number(value.toPrecision(4)) : value;

async function main(): Promise<void> {
	const results: Results = {
		warm15: warm(0.15),
		warm40: warm(0.4),
		cold: cold(),
		doubled: change(2),
		halved: change(0.5),
		learning: learningCurve(),
		batch15: batch(0.15),
		batch40: batch(0.4),
	};
	mkdirSync(folder, { recursive: true });
	const save = async (name: string, text: string): Promise<void> => {
		const filepath = join(folder, name);
		const options = await resolveConfig(filepath);
		const parser = name.endsWith('.svg') ? undefined : { filepath };
		writeFileSync(filepath, parser ? await format(text, { ...options, ...parser }) : text);
	};
	const facts = peers.map(({ mark, packages, rule }) => ({ mark, packages, rule }));
	await save('waiting.json', JSON.stringify({ settings, peers: facts, ...results }, rounded));
	await save('waiting.svg', plot(results.warm15, 0.15));
	const text = page(results);
	await save('waiting.md', text);
	console.log(text);
}

main().catch((error: unknown) => {
	console.error(error);
	process.exit(1);
});
