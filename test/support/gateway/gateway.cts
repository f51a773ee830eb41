import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { projectFolder } from '../n8n/cache-folder.cjs';
import { logTail, startProcess } from '../n8n/child-process.cjs';

export interface GatewayOptions {
	/** A Node.js that is new enough for the gateway. */
	nodeBinary: string;
	/** For its data, its configuration and its log; created when missing. */
	folder: string;
	port: number;
	/** Contents of its configuration file. Default: none, so that it looks for engines and emulates what it finds none for. */
	config?: { keys: ReadonlyArray<{ name: string; key: string }>; [key: string]: unknown };
}

/** A running gateway, in a process of its own that ends with this one. */
export interface Gateway {
	/** Without a trailing slash. */
	baseUrl: string;
	apiKey: string;
	/** What the gateway says each model is answered by: a table of several lines. */
	models: string;
	logFile: string;
	stop(): Promise<void>;
}

const installer = join(projectFolder, 'scripts', 'gateway.mjs');
const program = join(projectFolder, 'gateway', 'src', 'main.mts');
const startTimeoutMs = 120_000;

/** Installs the gateway's own dependencies when they are missing. Throws the end of npm's log when that fails. */
export async function installGateway(nodeBinary: string, folder: string): Promise<void> {
	mkdirSync(folder, { recursive: true });
	const logFile = join(folder, 'install-gateway.log');
	const args = [installer, '--version'];
	const child = startProcess({
		...{ command: nodeBinary, args, cwd: folder, env: process.env, logFile },
	});
	const exitCode = await child.ended;
	if (exitCode === 0) return;
	throw new Error(
		`The gateway's dependencies were not installed. The end of the log:\n\n${logTail(logFile)}`,
	);
}

/** Starts an installed gateway and returns when it takes requests. Throws the end of its log when it does not start. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
	const { nodeBinary, folder, port, config } = options;
	mkdirSync(folder, { recursive: true });
	const logFile = join(folder, 'gateway.log');
	writeFileSync(logFile, '');
	const configFile = join(folder, 'test-gateway.yaml');
	// JSON is YAML.
	if (config !== undefined) writeFileSync(configFile, JSON.stringify(config, null, '\t'));
	const child = startProcess({
		command: nodeBinary,
		args: [
			program,
			...['--port', String(port), '--data', join(folder, 'data')],
			...(config === undefined ? ['--emulate'] : ['--config', configFile]),
		],
		// Without a gateway.yaml, which would be taken for the configuration.
		cwd: folder,
		env: { ...process.env, LOG_LEVEL: 'warn' },
		logFile,
	});
	const deadline = Date.now() + startTimeoutMs;
	for (;;) {
		const output = readFileSync(logFile, 'utf8');
		const baseUrl = /^Base URL: (\S+)$/m.exec(output)?.[1];
		const models = /^MODEL[^]*?(?=\n\n)/m.exec(output)?.[0];
		if (baseUrl !== undefined && models !== undefined) {
			const apiKey = config?.keys[0]?.key ?? /^API key: (\S+)$/m.exec(output)?.[1] ?? '';
			return { baseUrl, apiKey, models, logFile, stop: () => child.stop() };
		}
		if (child.exitCode() !== null || Date.now() > deadline) {
			await child.stop();
			throw new Error(
				`The gateway did not start. The end of its log (${logFile}):\n\n${logTail(logFile)}\n`,
			);
		}
		await delay(50);
	}
}
