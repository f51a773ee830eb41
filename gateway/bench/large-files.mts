import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findProgram } from '../src/engines/programs/find-program.mts';
import { BenchGateway, benchFolder, freePort } from './gateway-process.mts';
import { secondsOf, type Figure } from './measure.mts';
import { idle } from './throughput.mts';

const execute = promisify(execFile);

/** One file up by its link and down again with curl: memory of the gateway, and speed beside nginx. */
export async function largeFiles(mebibytes: number): Promise<Figure[]> {
	if ((await findProgram('curl')) === undefined) return [skipped('curl')];
	const folder = benchFolder();
	const file = join(folder.path, 'large.wav');
	writeFileSync(file, '');
	truncateSync(file, mebibytes * 1024 * 1024);
	const gateway = await BenchGateway.start(folder.path, idle);
	try {
		const response = await fetch(`${gateway.url}/v1/upload?filename=large.wav`, {
			headers: gateway.headers,
		});
		const [, uploadUrl = ''] = /"upload_url":"([^"]+)"/.exec(await response.clone().text()) ?? [];
		const [, downloadUrl = ''] = /"download_url":"([^"]+)"/.exec(await response.text()) ?? [];
		const before = gateway.memoryMiB() ?? 0;
		gateway.resetPeak();
		const up = await secondsOf(() => curl('--upload-file', file, uploadUrl));
		const down = await secondsOf(() => curl('--output', '/dev/null', downloadUrl));
		const grown = (gateway.memoryMiB(true) ?? Number.NaN) - before;
		return [
			{
				name: `memory for ${mebibytes} MiB up and down`,
				value: Number.isNaN(grown) ? 'not known here' : `+ ${grown.toFixed(0)} MiB`,
				bound: '≤ 64 MiB',
				kept: Number.isNaN(grown) ? undefined : grown <= 64,
			},
			...(await besideNginx(folder.path, file, { up, down })),
		];
	} finally {
		await gateway.stop();
		folder.remove();
	}
}

interface Seconds {
	readonly up: number;
	readonly down: number;
}

async function besideNginx(folder: string, file: string, ours: Seconds): Promise<Figure[]> {
	if ((await findProgram('nginx')) === undefined) return [skipped('nginx')];
	const root = join(folder, 'nginx');
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
	try {
		const url = `http://127.0.0.1:${port}/large.wav`;
		while (
			!(await fetch(url).then(
				() => true,
				() => false,
			))
		)
			await sleep(20);
		const up = await secondsOf(() => curl('--upload-file', file, url));
		const down = await secondsOf(() => curl('--output', '/dev/null', url));
		return [compared('upload', ours.up, up), compared('download', ours.down, down)];
	} finally {
		nginx.kill('SIGTERM');
		await once(nginx, 'exit');
	}
}

const compared = (name: string, ours: number, nginx: number): Figure => ({
	name: `${name} beside nginx`,
	value: `${ours.toFixed(1)} s (nginx ${nginx.toFixed(1)} s, speed ratio ${(nginx / ours).toFixed(2)})`,
	bound: 'ratio ≥ 0.5',
	kept: nginx / ours >= 0.5,
});

const curl = async (...args: string[]): Promise<void> => {
	await execute('curl', ['--silent', '--show-error', '--fail', ...args]);
};

const skipped = (program: string): Figure => ({
	name: 'large files',
	value: `not measured: ${program} is not installed`,
	bound: '–',
	kept: undefined,
});
