import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';

import type { Outcome, Part } from '../part.cjs';
import { runProcess, startEmulatorProcess } from '../processes.cjs';
import { table, type Verdict } from '../table.cjs';
import type { TransferReport } from './transfer-process.cjs';

const MB = 1024 * 1024;
/** The node may add this much memory, in MB. */
const memoryLimits = { up: 100, down: 32 } as const;
type Direction = keyof typeof memoryLimits;
const directions: readonly Direction[] = ['up', 'down'];
const minSpeed = 0.8;

interface Round {
	readonly direction: Direction;
	readonly nodeSeconds: number;
	readonly curlSeconds: number;
	readonly addedMb: number;
	readonly isComplete: boolean;
}

const headers = { authorization: 'Bearer benchmark-key', 'content-type': 'application/json' };

async function getJson<T>(url: string, body?: object): Promise<T> {
	const request = body && { method: 'POST', body: JSON.stringify(body) };
	return (await (await fetch(url, { headers, ...request })).json()) as T;
}

/** Runs a job whose result has the size of the emulator's settings. */
async function makeResult(baseUrl: string): Promise<{ processId: string; url: string }> {
	const { process_id: processId } = await getJson<{ process_id: string }>(
		`${baseUrl}/generate/txt2img`,
		{ prompt: 'A boat' },
	);
	for (;;) {
		const { result } = await getJson<{ result?: { output?: string[] } }>(
			`${baseUrl}/status/${processId}`,
		);
		const url = result?.output?.[0];
		if (url !== undefined) return { processId, url };
		await delay(100);
	}
}

/** Transfers a file with the node and with curl, both with the same emulator. */
async function transfer(
	direction: Direction,
	source: string,
	collect: boolean,
	folder: string,
): Promise<Round> {
	const { size } = statSync(source);
	const settings = { queueMs: 0, workMs: 0, resultBytes: size };
	const env = { ...process.env, TMPDIR: folder };
	const emulator = await startEmulatorProcess(settings, env);
	const { baseUrl, origin } = emulator.report;
	try {
		const { processId, url } = await makeResult(baseUrl);
		const { wallMs, addedMb, bytes } = await runProcess<TransferReport>(
			join(__dirname, 'transfer-process.cts'),
			{ baseUrl, collect, ...(direction === 'up' ? { source } : { processId }) },
			env,
		);
		const { upload_url: link } = await getJson<{ upload_url: string }>(
			`${baseUrl}/upload?filename=film.mp4`,
		);
		const startedAt = performance.now();
		const target = join(folder, 'result');
		execFileSync('curl', [
			'-sSf',
			...(direction === 'up' ? ['-T', source, link] : ['-o', target, url]),
		]);
		const curlSeconds = (performance.now() - startedAt) / 1000;
		const uploads = await getJson<Array<{ size?: number }>>(`${origin}/control/uploads`);
		const sizes =
			direction === 'up' ? uploads.map((one) => one.size) : [bytes, statSync(target).size];
		const isComplete = sizes.length === 2 && sizes.every((one) => one === size);
		const nodeSeconds = wallMs / 1000;
		console.log(`${direction}: ${nodeSeconds.toFixed(2)} s, curl ${curlSeconds.toFixed(2)} s`);
		return { direction, nodeSeconds, curlSeconds, addedMb: collect ? addedMb : 0, isComplete };
	} finally {
		emulator.stop();
		rmSync(folder, { recursive: true, force: true });
	}
}

async function compare(quick: boolean): Promise<Outcome> {
	const size = (quick ? 16 : 1024) * MB;
	const rounds = quick ? 1 : 6;
	const folder = mkdtempSync(join(tmpdir(), 'monsterapi-transfers-'));
	const source = join(folder, 'film.mp4');
	const chunks = Array.from({ length: size / MB / 4 }, (_none, index) => index);
	const all: Round[] = [];
	try {
		await pipeline(
			Readable.from(chunks).map(() => randomBytes(4 * MB)),
			createWriteStream(source),
		);
		for (let round = 0; round < rounds; round++) {
			for (const direction of directions) {
				const work = mkdtempSync(join(folder, 'round-'));
				all.push(await transfer(direction, source, round % 2 === 0, work));
			}
		}
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
	return outcomeOf(all, size / MB);
}

function outcomeOf(all: readonly Round[], sizeMb: number): Outcome {
	const results = directions.map((direction) => {
		const own = all.filter((round) => round.direction === direction);
		const nodeRate = sizeMb / Math.min(...own.map(({ nodeSeconds }) => nodeSeconds));
		const curlRate = sizeMb / Math.min(...own.map(({ curlSeconds }) => curlSeconds));
		const addedMb = Math.max(...own.map((round) => round.addedMb));
		return { direction, nodeRate, curlRate, addedMb, limitMb: memoryLimits[direction] };
	});
	return {
		verdicts: [
			['Every byte arrives', all.every(({ isComplete }) => isComplete)],
			...results.flatMap(({ direction, nodeRate, curlRate, addedMb, limitMb }): Verdict[] => [
				[
					`${direction}: at least 80 % of curl’s speed (${((nodeRate / curlRate) * 100).toFixed(0)} %)`,
					nodeRate / curlRate >= minSpeed,
				],
				[
					`${direction}: at most ${limitMb} MB more memory (${addedMb.toFixed(0)} MB)`,
					addedMb <= limitMb,
				],
			]),
		],
		page: table(
			[`${sizeMb} MB`, 'speed / curl’s', 'this node, MB/s', 'curl, MB/s', 'added MB'],
			results.map(({ direction, nodeRate, curlRate, addedMb }) => [
				direction,
				`${(nodeRate / curlRate).toFixed(2)} ×`,
				...[nodeRate, curlRate, addedMb].map((figure) => figure.toFixed(0)),
			]),
		),
	};
}

export const files: Part = {
	title: 'Large files',
	intro:
		'One file up and down, on loopback, in n8n’s binary mode “filesystem”; TMPDIR should name a folder in memory with room for four copies. The best time of six rounds, and the most memory of the three that start with a garbage collection.',
	run: compare,
};
