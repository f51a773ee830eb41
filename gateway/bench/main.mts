import { parseArgs } from 'node:util';
import { growth } from './growth.mts';
import { largeFiles } from './large-files.mts';
import { latency } from './latency.mts';
import type { Figure } from './measure.mts';
import { startup } from './startup.mts';
import { throughput } from './throughput.mts';

/*
 * `npm run bench [-- part …]`. `--quick` only checks that the parts work: its figures mean nothing. `--json`: the figures as one
 * line, for the benchmarks of the whole project.
 */
const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		quick: { type: 'boolean', default: false },
		json: { type: 'boolean', default: false },
	},
});
const full: Readonly<Record<string, () => Promise<Figure[]>>> = {
	startup,
	throughput: () => throughput(1_000, 3),
	latency: () => latency(200),
	files: () => largeFiles(1_024, 4),
	growth: () => growth(10_000),
};
const quick: typeof full = {
	throughput: () => throughput(30, 1),
	latency: () => latency(5),
	files: () => largeFiles(16, 1),
};
const parts = values.quick ? quick : full;

const unknown = positionals.find((name) => !Object.hasOwn(parts, name));
if (unknown !== undefined) {
	throw new Error(`There is no part '${unknown}', only ${Object.keys(parts).join(', ')}`);
}
const figures: Figure[] = [];
for (const [name, measure] of Object.entries(parts)) {
	if (positionals.length > 0 && !positionals.includes(name)) continue;
	for (const figure of await measure()) {
		figures.push(figure);
		const mark = figure.kept === undefined ? '' : figure.kept ? 'kept' : 'MISSED';
		process.stderr.write(`${figure.name}: ${figure.value}; ${figure.bound} ${mark}\n`);
	}
}
if (values.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
else if (figures.some(({ kept }) => kept === false)) process.exitCode = 1;
