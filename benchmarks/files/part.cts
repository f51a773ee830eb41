import { randomBytes } from 'node:crypto';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';

import { inOwnProcess } from '../own-process.cjs';
import type { Outcome, Part } from '../part.cjs';
import { Service } from '../service.cjs';
import { table } from '../table.cjs';
import type { Order, Transfer } from './transfer-process.cjs';

const MB = 1024 * 1024;
const chunk = 4 * MB;

const limits = { up: 100, down: 32 } as const;
const leastSpeed = 0.8;

type Way = keyof typeof limits;
const ways: readonly Way[] = ['up', 'down'];
const all = ['this node', 'curl'] as const;

interface Row extends Transfer {
	readonly way: Way;
	readonly by: (typeof all)[number];
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

async function transfer(quick: boolean): Promise<Outcome> {
	const bytes = (quick ? 16 : 1024) * MB;
	const turns = quick ? 1 : 3;
	const folder = mkdtempSync(join(tmpdir(), 'monsterapi-transfers-'));
	const source = join(folder, 'film.mp4');
	const rows: Row[] = [];
	try {
		await writeSource(source, bytes);
		for (let turn = 0; turn < turns; turn++) {
			for (const way of ways) {
				for (const by of all) {
					const service = await Service.start({ queueMs: 0, workMs: 0, resultBytes: bytes });
					const order: Order = {
						by,
						way,
						source,
						target: join(folder, 'fetched.png'),
						...service.address,
						...(await makeResult(service.address.baseUrl)),
					};
					const file = join(__dirname, 'transfer-process.cts');
					const done = await inOwnProcess<Transfer>(file, order).finally(() => service.end());
					console.log(`${way}, ${by}: ${done.seconds.toFixed(2)} s`);
					rows.push({ ...done, way, by });
				}
			}
		}
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
	return outcomeOf(rows, bytes);
}

function outcomeOf(rows: readonly Row[], bytes: number): Outcome {
	const of = (way: Way, by: Row['by']) => rows.filter((row) => row.way === way && row.by === by);
	const fastest = (some: readonly Row[]) => Math.min(...some.map(({ seconds }) => seconds));
	const most = (some: readonly Row[]) => Math.max(...some.map(({ addedMb }) => addedMb));
	const speed = (way: Way) => fastest(of(way, 'curl')) / fastest(of(way, 'this node'));
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
			[`${bytes / MB} MB`, 'speed / curl’s', 'this node, MB/s', 'curl, MB/s', 'most added, MB'],
			ways.map((way) => {
				const rate = (by: Row['by']) => (bytes / MB / fastest(of(way, by))).toFixed(0);
				return [
					way,
					`${speed(way).toFixed(2)} ×`,
					rate('this node'),
					rate('curl'),
					added(way).toFixed(0),
				];
			}),
		),
	};
}

export const files: Part = {
	title: 'Large files',
	intro:
		'One file up and down, on loopback, with n8n’s files on disk; the fastest of three turns, and the most memory of them.',
	run: transfer,
};
