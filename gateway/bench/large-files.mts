import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findProgram } from '../src/engines/programs/find-program.mts';
import { BenchGateway, benchFolder, cpuSeconds, freePort } from './gateway-process.mts';
import { secondsOf, type Figure } from './measure.mts';
import { idle } from './throughput.mts';

const execute = promisify(execFile);

type Direction = 'upload' | 'download';
const directions: readonly Direction[] = ['upload', 'download'];

/** A server and where one file goes up to it and comes down from it. */
interface Peer {
	readonly pid: number | undefined;
	links(): Promise<Readonly<Record<Direction, string>>>;
}

interface Transfer {
	readonly seconds: number;
	readonly cpuSeconds: number | undefined;
}

/** One file up and down again with curl: memory of the gateway, and speed beside nginx, in turn. */
export async function largeFiles(mebibytes: number, rounds: number): Promise<Figure[]> {
	for (const program of ['curl', 'nginx']) {
		if ((await findProgram(program)) === undefined) return [skipped(program)];
	}
	const folder = await benchFolder();
	const file = join(folder.path, 'large.wav');
	writeFileSync(file, '');
	truncateSync(file, mebibytes * 1024 * 1024);
	const gateway = await BenchGateway.start(folder.path, idle);
	const nginx = await startNginx(join(folder.path, 'nginx'));
	const ours: Peer = {
		pid: gateway.pid,
		links: async () => await gateway.uploadLinks('large.wav'),
	};
	const best = { ours: new Map<Direction, Transfer>(), nginx: new Map<Direction, Transfer>() };
	const before = gateway.memoryMiB() ?? Number.NaN;
	gateway.resetPeak();
	try {
		for (let round = 0; round < rounds; round += 1) {
			for (const [name, peer] of [
				['ours', ours],
				['nginx', nginx.peer],
			] as const) {
				const links = await peer.links();
				for (const direction of directions) {
					const transfer = await measure(direction, file, links[direction], peer.pid);
					const seconds = best[name].get(direction)?.seconds ?? Infinity;
					if (transfer.seconds < seconds) best[name].set(direction, transfer);
				}
			}
			rmSync(join(folder.path, 'files', 'uploads'), { recursive: true });
		}
		const grown = (gateway.memoryMiB(true) ?? Number.NaN) - before;
		return [
			{
				name: `memory for ${mebibytes} MiB up and down`,
				value: Number.isNaN(grown) ? 'not known here' : `+ ${grown.toFixed(0)} MiB`,
				bound: '≤ 64 MiB',
				kept: Number.isNaN(grown) ? undefined : grown <= 64,
			},
			...directions.map((direction) =>
				compared(direction, best.ours.get(direction), best.nginx.get(direction)),
			),
		];
	} finally {
		await gateway.stop();
		await nginx.stop();
		folder.remove();
	}
}

async function measure(
	direction: Direction,
	file: string,
	url: string,
	pid: number | undefined,
): Promise<Transfer> {
	const before = cpuSeconds(pid);
	const seconds = await secondsOf(() =>
		direction === 'upload' ? curl('--upload-file', file, url) : curl('--output', '/dev/null', url),
	);
	const after = cpuSeconds(pid);
	return {
		seconds,
		cpuSeconds: before === undefined || after === undefined ? undefined : after - before,
	};
}

async function startNginx(root: string): Promise<{ peer: Peer; stop(): Promise<void> }> {
	mkdirSync(join(root, 'tmp'), { recursive: true });
	mkdirSync(join(root, 'files'));
	const port = await freePort();
	const config = `daemon off; master_process off; pid ${root}/pid; error_log ${root}/log;
events {}
http {
	access_log off;
	client_max_body_size 0;
	client_body_temp_path ${root}/tmp;
	server { listen 127.0.0.1:${port}; root ${root}/files; location / { dav_methods PUT; } }
}`;
	writeFileSync(join(root, 'nginx.conf'), config);
	const nginx = spawn('nginx', ['-c', join(root, 'nginx.conf')], { stdio: 'ignore' });
	const url = `http://127.0.0.1:${port}/large.wav`;
	const answers = async (): Promise<boolean> =>
		await fetch(url).then(
			() => true,
			() => false,
		);
	while (!(await answers())) {
		if (nginx.exitCode !== null) throw new Error('nginx has ended');
		await sleep(20);
	}
	return {
		peer: { pid: nginx.pid, links: async () => ({ upload: url, download: url }) },
		async stop() {
			nginx.kill('SIGTERM');
			await once(nginx, 'exit');
		},
	};
}

function compared(direction: Direction, ours?: Transfer, nginx?: Transfer): Figure {
	const ratio = (nginx?.seconds ?? Number.NaN) / (ours?.seconds ?? Number.NaN);
	const cost = (transfer?: Transfer): string =>
		`${transfer?.seconds.toFixed(1)} s with ${transfer?.cpuSeconds?.toFixed(1) ?? '?'} s of CPU`;
	return {
		name: `${direction} beside nginx`,
		value: `${cost(ours)} (nginx ${cost(nginx)}, speed ratio ${ratio.toFixed(2)})`,
		bound: 'ratio ≥ 0.5',
		kept: ratio >= 0.5,
	};
}

const curl = async (...args: string[]): Promise<void> => {
	await execute('curl', ['--silent', '--show-error', '--fail', ...args]);
};

const skipped = (program: string): Figure => ({
	name: 'large files',
	value: `not measured: ${program} is not installed`,
	bound: '–',
	kept: undefined,
});
