import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import type { Outcome, Part } from '../part.cjs';
import { table } from '../table.cjs';

const starter = join(__dirname, '..', '..', 'scripts', 'gateway.mjs');

/** As `gateway/bench` prints it. */
interface Figure {
	readonly name: string;
	readonly value: string;
	readonly bound: string;
	readonly kept: boolean | undefined;
}

/** Runs the gateway's own benchmarks, with its dependencies and its newer Node.js. */
async function measure(quick: boolean): Promise<Outcome> {
	const args = [starter, 'bench', '--json', ...(quick ? ['--quick'] : [])];
	const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
	let output = '';
	child.stdout.on('data', (chunk) => (output += String(chunk)));
	const [code] = (await once(child, 'close')) as [number | null];
	// The last line: an installation may have printed others before.
	const figures = code === 0 ? toFigures(output.trimEnd().split('\n').at(-1) ?? '') : [];
	return {
		verdicts: [
			['Every part runs to its end', figures.length > 0],
			...figures.flatMap(({ name, value, bound, kept }) =>
				kept === undefined ? [] : [[`${name}: ${bound} (${value})`, kept] as const],
			),
		],
		page: table(
			['figure', 'measured', 'bound'],
			figures.map(({ name, value, bound }) => [name, value, bound]),
		),
	};
}

function toFigures(line: string): Figure[] {
	const figures: unknown = JSON.parse(line);
	if (!Array.isArray(figures)) throw new Error(`Not a list of figures: ${line}`);
	return figures.map((figure: Record<string, unknown>) => ({
		name: String(figure['name']),
		value: String(figure['value']),
		bound: String(figure['bound']),
		kept: typeof figure['kept'] === 'boolean' ? figure['kept'] : undefined,
	}));
}

export const gateway: Part = {
	title: 'The gateway',
	intro:
		'A gateway in its own process with its embedded store, each figure beside bare pg-boss on the same store or nginx with the same file, in turn. The first start includes the making of the store. TMPDIR should name a folder in memory with room for three copies of 1 GiB: the gateway forces an upload to the disk before it answers, and nginx does not. Figures in milliseconds and seconds depend on the machine; ratios hardly do.',
	run: measure,
};
