import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { logTail, startProcess, type ChildProcess } from './child-process.cjs';
import type { N8nInstall } from './install.cjs';
import { installNode } from './pack.cjs';
import { freePort } from './ports.cjs';
import { roles, type Role } from './role.cjs';
import { n8nEnvironment } from './settings.cjs';

export interface N8nOptions {
	install: N8nInstall;
	/** Holds everything this instance writes; created when it is missing. */
	userFolder: string;
	/** What it does; default: everything. */
	role?: Role;
	/** A packed community node to install first. */
	tarball?: string;
	/** The wanted editor port; another is taken when it is busy. Default: any free one. */
	port?: number;
	/** More settings for n8n. */
	env?: NodeJS.ProcessEnv;
	/** How long n8n may take to start, in milliseconds. Default: two minutes. */
	startTimeoutMs?: number;
}

export interface N8nServer {
	/** Where it listens: the editor and the API, or webhooks, or a worker's health; without a trailing slash. */
	baseUrl: string;
	port: number;
	pid: number;
	logFile: string;
	userFolder: string;
	/** Settles when n8n has ended, however it came to that. */
	ended: Promise<number>;
	/** Ends n8n with its task runners. The user folder stays. */
	stop(): Promise<void>;
	/** Ends it without a warning (SIGKILL). */
	kill(): Promise<void>;
}

const START_ATTEMPTS = 3;

async function isReady(baseUrl: string): Promise<boolean> {
	try {
		const response = await fetch(`${baseUrl}/healthz/readiness`);
		return response.ok;
	} catch {
		return false;
	}
}

/** The editor's address answers some time before the REST routes are there. */
async function answersRest(baseUrl: string): Promise<boolean> {
	try {
		const response = await fetch(`${baseUrl}/rest/settings`);
		return response.ok && (response.headers.get('content-type') ?? '').includes('json');
	} catch {
		return false;
	}
}

async function untilReady(
	child: ChildProcess,
	baseUrl: string,
	hasEditor: boolean,
	timeoutMs: number,
): Promise<boolean> {
	const deadline = Date.now() + timeoutMs;
	while (child.exitCode() === null && Date.now() < deadline) {
		if ((await isReady(baseUrl)) && (!hasEditor || (await answersRest(baseUrl)))) return true;
		await delay(100);
	}
	return false;
}

/**
 * Starts n8n and returns when it is ready. It ends with {@link N8nServer.stop}, and also when this
 * process ends. Throws with the end of n8n's log when it does not start.
 */
export async function startN8n(options: N8nOptions): Promise<N8nServer> {
	const { install, userFolder } = options;
	const role = roles[options.role ?? 'main'];
	mkdirSync(userFolder, { recursive: true });
	const logFile = join(userFolder, 'n8n.log');
	if (options.tarball) await installNode(options.tarball, userFolder);

	for (let attempt = 1; ; attempt++) {
		// A new log for every try, so that "port busy" of an earlier one is not read again.
		writeFileSync(logFile, '');
		const ports = {
			editor: await freePort(attempt === 1 ? options.port : undefined),
			broker: await freePort(),
		};
		const child = startProcess({
			command: install.nodeBinary,
			args: [install.n8nBin, role.command],
			cwd: userFolder,
			env: n8nEnvironment(install, userFolder, ports, {
				...role.environment(ports.editor),
				...options.env,
			}),
			logFile,
		});
		const baseUrl = `http://127.0.0.1:${ports.editor}`;
		if (await untilReady(child, baseUrl, role.hasEditor, options.startTimeoutMs ?? 120_000)) {
			const { pid, ended } = child;
			const stop = () => child.stop();
			const kill = () => child.kill();
			return { baseUrl, port: ports.editor, pid, logFile, userFolder, ended, stop, kill };
		}
		await child.stop(1000);
		// Somebody took a port between our look and n8n's start.
		const portTaken = /already in use|EADDRINUSE/.test(readFileSync(logFile, 'utf8'));
		if (portTaken && attempt < START_ATTEMPTS) continue;
		throw new Error(
			`n8n ${install.version} did not start. The end of its log (${logFile}):\n\n${logTail(logFile)}\n`,
		);
	}
}
