import { fewestCalls } from './bound.cjs';
import { middle, settings, type Cell } from './cells.cjs';
import { peers } from './peers.cjs';
import { rangesIn, type Summary } from './simulate.cjs';

const width = 360;
const height = 300;
const margin = { left: 52, right: 14, top: 34, bottom: 40 };

const style = `
	text { font: 12px system-ui, sans-serif; fill: #333 }
	.title { font-weight: 600; font-size: 14px }
	.grid { stroke: #ddd }
	.ours { stroke: #0a6ebd; fill: none; stroke-width: 2 }
	.dot { fill: #0a6ebd }
	.bound { stroke: #777; fill: none; stroke-dasharray: 4 3 }
	.peer { fill: #c2410c }
	.mark { fill: #c2410c; font-size: 11px }
	@media (prefers-color-scheme: dark) {
		text { fill: #ddd }
		.grid { stroke: #3a3a3a }
		.ours { stroke: #6cb6ff }
		.dot { fill: #6cb6ff }
		.bound { stroke: #999 }
		.peer, .mark { fill: #ff9d5c }
	}`;

interface Scale {
	(value: number): number;
	readonly ticks: readonly number[];
}

/** A logarithmic scale that holds all values, with ticks at 1, 2 and 5 times each power of ten. */
function scaleFor(values: readonly number[], from: number, to: number): Scale {
	const low = Math.log(Math.min(...values) / 1.15);
	const high = Math.log(Math.max(...values) * 1.15);
	const place = (value: number) => from + ((to - from) * (Math.log(value) - low)) / (high - low);
	const powers = [0.01, 0.1, 1, 10, 100, 1_000];
	const all = powers.flatMap((power) => [1, 2, 5].map((digit) => digit * power));
	const inside = all.filter((tick) => Math.log(tick) >= low && Math.log(tick) <= high);
	const ticks = inside.length > 8 ? inside.filter((tick) => /^0?\.?0*1/.test(`${tick}`)) : inside;
	return Object.assign(place, { ticks });
}

const line = (points: ReadonlyArray<readonly [number, number]>, name: string): string =>
	`<polyline class="${name}" points="${points.map((point) => point.map((one) => one.toFixed(1)).join(',')).join(' ')}"/>`;

/** One band: lateness over looks, both logarithmic; down and left is better. */
function panel(cell: Cell, share: number, left: number, top: number): string {
	const all: Summary[] = [...cell.ours, ...cell.peers];
	const x = scaleFor(
		all.map(({ calls }) => calls),
		left + margin.left,
		left + width - margin.right,
	);
	const y = scaleFor(
		all.map(({ late }) => late),
		top + height - margin.bottom,
		top + margin.top,
	);
	const place = ({ calls, late }: Pick<Summary, 'calls' | 'late'>) => [x(calls), y(late)] as const;
	const [bottom, end] = [top + height - margin.bottom, left + width - margin.right];
	const grid = [
		...x.ticks.map(
			(tick) =>
				`<line class="grid" x1="${x(tick).toFixed(1)}" x2="${x(tick).toFixed(1)}" y1="${top + margin.top}" y2="${bottom}"/><text x="${x(tick).toFixed(1)}" y="${bottom + 15}" text-anchor="middle">${tick}</text>`,
		),
		...y.ticks.map(
			(tick) =>
				`<line class="grid" y1="${y(tick).toFixed(1)}" y2="${y(tick).toFixed(1)}" x1="${left + margin.left}" x2="${end}"/><text y="${(y(tick) + 4).toFixed(1)}" x="${left + margin.left - 6}" text-anchor="end">${tick}</text>`,
		),
	];
	const ranges = rangesIn(cell.band, share);
	const lates = cell.ours.map(({ late }) => late);
	const [least, most] = [Math.min(...lates), Math.max(...lates)];
	const bound = Array.from({ length: 40 }, (_none, step) => least * (most / least) ** (step / 39))
		.map((late) => ({ late, calls: fewestCalls(ranges, late * 1_000) }))
		.filter(({ calls }) => calls >= Math.min(...all.map((one) => one.calls)) / 1.15);
	return [
		`<text class="title" x="${left + margin.left}" y="${top + 20}">Jobs of ${cell.band[0]} to ${cell.band[1]} s</text>`,
		...grid,
		line(bound.map(place), 'bound'),
		line(cell.ours.map(place), 'ours'),
		...cell.ours.map((one) => {
			const [cx, cy] = place(one);
			return `<circle class="dot" cx="${cx.toFixed(1)}" cy="${cy.toFixed(1)}" r="${one.setting === middle ? 6 : 2.5}"/>`;
		}),
		...cell.peers.map((peer) => {
			const [cx, cy] = place(peer);
			const beside = 'aceglm'.includes(peer.mark) ? 12 : -6;
			return `<circle class="peer" cx="${cx.toFixed(1)}" cy="${cy.toFixed(1)}" r="3"/><text class="mark" x="${cx.toFixed(1)}" y="${(cy + beside).toFixed(1)}" text-anchor="middle">${peer.mark}</text>`;
		}),
		`<text x="${(left + margin.left + end) / 2}" y="${bottom + 32}" text-anchor="middle">looks per job</text>`,
		`<text transform="translate(${left + 12} ${(top + margin.top + bottom) / 2}) rotate(-90)" text-anchor="middle">lateness, s</text>`,
	].join('\n');
}

/** Our frontier against the peers, warm; a panel for each band. */
export function plot(cells: readonly Cell[], share: number): string {
	const panels = cells.map((cell, index) =>
		panel(cell, share, (index % 2) * width, Math.floor(index / 2) * height),
	);
	const key = [
		'Down and left is better. Both axes are logarithmic.',
		`Blue: this package, ${settings.length} settings from frugal to eager,`,
		'the large dot is the middle one.',
		'Dashed: the best that any schedule can do',
		'when it knows the distribution.',
		...peers.map(({ mark, rule }) => `${mark}: ${rule}`),
	];
	const [left, top] = [(cells.length % 2) * width + 24, Math.floor(cells.length / 2) * height + 24];
	const legend = key.map(
		(text, index) => `<text x="${left}" y="${top + index * 15}">${text}</text>`,
	);
	const rows = Math.ceil((cells.length + 1) / 2);
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${2 * width} ${rows * height}" role="img" aria-label="Lateness against looks per job">\n<style>${style}\n</style>\n${[...panels, ...legend].join('\n')}\n</svg>\n`;
}
