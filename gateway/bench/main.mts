import { parseArgs } from 'node:util';
import { growth } from './growth.mts';
import { largeFiles } from './large-files.mts';
import { latency } from './latency.mts';
import type { Figure } from './measure.mts';
import { startup } from './startup.mts';
import { throughput } from './throughput.mts';

/* `npm run bench [-- part …]`; `--quick` for a look within a minute or two. */
const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: { quick: { type: 'boolean', default: false } },
});
const size = (full: number, quick: number): number => (values.quick ? quick : full);

const parts: Readonly<Record<string, () => Promise<Figure[]>>> = {
	startup,
	throughput: () => throughput(size(1_000, 200)),
	latency: () => latency(size(200, 40)),
	files: () => largeFiles(size(1_024, 128)),
	growth: () => growth(size(10_000, 1_000)),
};

const unknown = positionals.find((name) => !Object.hasOwn(parts, name));
if (unknown !== undefined) {
	throw new Error(`There is no part '${unknown}', only ${Object.keys(parts).join(', ')}`);
}
process.stdout.write(`Node.js ${process.versions.node}, ${process.platform} ${process.arch}\n\n`);
process.stdout.write('| figure | measured | bound | |\n| --- | --- | --- | --- |\n');
for (const [name, measure] of Object.entries(parts)) {
	if (positionals.length > 0 && !positionals.includes(name)) continue;
	for (const { name: figure, value, bound, kept } of await measure()) {
		const mark = kept === undefined ? '' : kept ? 'kept' : 'MISSED';
		process.stdout.write(`| ${figure} | ${value} | ${bound} | ${mark} |\n`);
		if (kept === false) process.exitCode = 1;
	}
}
