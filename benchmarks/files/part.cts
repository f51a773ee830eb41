import { randomBytes } from 'node:crypto';
import { createWriteStream, existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';

import { inOwnProcess } from '../own-process.cjs';
import type { Outcome, Part } from '../part.cjs';
import { n8nNodesFolder } from '../comparison-packages.cjs';
import { Service } from '../service.cjs';
import { table } from '../table.cjs';
import type { Order, Transfer } from './transfer-process.cjs';

const MB = 1024 * 1024;
const chunk = 4 * MB;

const limits = { up: 100, down: 32 } as const;
const leastSpeed = 0.8;

type Way = keyof typeof limits;
const ways: readonly Way[] = ['up', 'down'];
const all = ['this node', 'HTTP Request', 'Node.js', 'curl'] as const;

interface Row extends Transfer {
	readonly way: Way;
	readonly by: (typeof all)[number];
	readonly collect: boolean;
}

async function writeSource(file: string, bytes: number): Promise<void> {
	const chunks = function* (): Generator<Buffer> {
		for (let left = bytes; left > 0; left -= chunk) yield randomBytes(Math.min(chunk, left));
	};
	await pipeline(Readable.from(chunks()), createWriteStream(file));
}

/** Hands over a job that makes a file of the size of the settings, and waits for it. */
async function makeResult(baseUrl: string): Promise<Pick<Order, 'processId' | 'url'>> {
	const headers = { authorization: 'Bearer benchmark-key', 'content-type': 'application/json' };
	const body = JSON.stringify({ prompt: 'A boat' });
	const accepted = await fetch(`${baseUrl}/generate/txt2img`, { method: 'POST', headers, body });
	const { process_id: processId } = (await accepted.json()) as { process_id: string };
	for (;;) {
		const answer = await fetch(`${baseUrl}/status/${processId}`, { headers });
		const { result } = (await answer.json()) as { result?: { output?: string[] } };
		const url = result?.output?.[0];
		if (url !== undefined) return { processId, url };
		await delay(100);
	}
}

/** The source, and what n8n, Node.js, curl and the emulator make of it. */
const copies = 5;

/** In memory where there is room: a disk that still writes the file before would be what is measured. */
function roomFor(bytes: number): string {
	const memory = '/dev/shm';
	if (!existsSync(memory)) return tmpdir();
	const { bavail, bsize } = statfsSync(memory);
	return bavail * bsize > copies * bytes ? memory : tmpdir();
}

async function transfer(quick: boolean): Promise<Outcome> {
	const bytes = (quick ? 16 : 1024) * MB;
	const turns = quick ? 1 : 6;
	const n8nNodes = await n8nNodesFolder();
	const folder = mkdtempSync(join(roomFor(bytes), 'monsterapi-transfers-'));
	const source = join(folder, 'film.mp4');
	const rows: Row[] = [];
	try {
		await writeSource(source, bytes);
		for (let turn = 0; turn < turns; turn++) {
			for (const way of ways) {
				for (const by of all) {
					const collect = turn % 2 === 0;
					const done = await once({ by, way, source, n8nNodes, collect }, folder, bytes);
					console.log(`${way}, ${by}: ${done.seconds.toFixed(2)} s`);
					rows.push({ ...done, way, by, collect });
				}
			}
		}
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
	return outcomeOf(rows, bytes);
}

/** One transfer between an emulator and a process of their own, whose files are removed afterwards. */
async function once(
	order: Pick<Order, 'by' | 'way' | 'source' | 'n8nNodes' | 'collect'>,
	parent: string,
	resultBytes: number,
): Promise<Transfer> {
	const folder = mkdtempSync(join(parent, 'turn-'));
	const { TMPDIR } = process.env;
	// For the processes that are started.
	process.env.TMPDIR = folder;
	try {
		const service = await Service.start({ queueMs: 0, workMs: 0, resultBytes });
		try {
			return await inOwnProcess<Transfer>(join(__dirname, 'transfer-process.cts'), {
				...order,
				target: join(folder, 'fetched.png'),
				...service.address,
				...(await makeResult(service.address.baseUrl)),
			} satisfies Order);
		} finally {
			service.end();
		}
	} finally {
		if (TMPDIR === undefined) delete process.env.TMPDIR;
		else process.env.TMPDIR = TMPDIR;
		rmSync(folder, { recursive: true, force: true });
	}
}

function outcomeOf(rows: readonly Row[], bytes: number): Outcome {
	const of = (way: Way, by: Row['by']) => rows.filter((row) => row.way === way && row.by === by);
	const fastest = (some: readonly Row[]) => Math.min(...some.map(({ seconds }) => seconds));
	const most = (some: readonly Row[]) =>
		Math.max(...some.filter(({ collect }) => collect).map(({ addedMb }) => addedMb));
	const speed = (way: Way, other: Row['by'] = 'curl') =>
		fastest(of(way, other)) / fastest(of(way, 'this node'));
	const added = (way: Way) => most(of(way, 'this node'));
	return {
		verdicts: [
			['Every byte arrives', rows.every((row) => row.bytes === bytes)],
			...ways.map(
				(way) =>
					[
						`${way}: at least 80 % of curl’s speed (${(speed(way) * 100).toFixed(0)} %)`,
						speed(way) >= leastSpeed,
					] as const,
			),
			...ways.map(
				(way) =>
					[
						`${way}: at most ${limits[way]} MB more memory (${added(way).toFixed(0)} MB)`,
						added(way) <= limits[way],
					] as const,
			),
		],
		figures: rows,
		page: table(
			[
				`${bytes / MB} MB`,
				'speed / curl’s',
				'speed / HTTP Request’s',
				'speed / Node.js’s',
				'this node, MB/s',
				'curl, MB/s',
				'added MB',
				'added MB, HTTP Request',
				'added MB, Node.js',
			],
			ways.map((way) => {
				const rate = (by: Row['by']) => (bytes / MB / fastest(of(way, by))).toFixed(0);
				return [
					way,
					`${speed(way).toFixed(2)} ×`,
					`${speed(way, 'HTTP Request').toFixed(2)} ×`,
					`${speed(way, 'Node.js').toFixed(2)} ×`,
					rate('this node'),
					rate('curl'),
					added(way).toFixed(0),
					most(of(way, 'HTTP Request')).toFixed(0),
					most(of(way, 'Node.js')).toFixed(0),
				];
			}),
		),
	};
}

export const files: Part = {
	title: 'Large files',
	intro:
		'One file up and down, on loopback, in n8n’s binary mode for disks, with all files in memory where there is room; the fastest of six turns, and the most memory of the three that begin without garbage. “Node.js” is what n8n builds on, alone: a request whose body is a file, and an answer given to `fs.writeFile`, as n8n stores it.',
	run: transfer,
};
