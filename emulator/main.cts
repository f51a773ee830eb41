import { parseArgs } from 'node:util';

import { startEmulator, type EmulatorOptions } from './server.cjs';

const { values } = parseArgs({
	options: {
		port: { type: 'string', default: '4010' },
		host: { type: 'string', default: '127.0.0.1' },
		slow: { type: 'boolean', default: false },
	},
});

const isTaken = (error: unknown) =>
	error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';

/** Starts on the wanted port, or on a free one when another program has it. */
async function startNear(options: EmulatorOptions) {
	try {
		return await startEmulator(options);
	} catch (error) {
		if (!isTaken(error)) throw error;
		console.log(`Port ${options.port} is taken, so another one is used.`);
		return await startEmulator({ ...options, port: 0 });
	}
}

async function main(): Promise<void> {
	const port = Number(values.port);
	if (!Number.isInteger(port) || port < 0 || port > 65535) {
		throw new Error('--port takes a whole number from 0 to 65535');
	}
	const settings = values.slow
		? { queueMs: 3000, workMs: 12000, deployPendingMs: 3000, deployBuildMs: 12000 }
		: {};
	const emulator = await startNear({ port, host: values.host, settings });
	const stop = () => void emulator.close().then(() => process.exit(0));
	process.once('SIGINT', stop);
	process.once('SIGTERM', stop);
	console.log(`MonsterAPI emulator: nothing here is real, nothing costs anything.

  Base URL for the credential   ${emulator.baseUrl}
  API key                       any word; “wrong-key” is refused

It answers generate, status, upload, webhook, deploy and the downloads of results.
A job takes about ${values.slow ? '15 seconds' : '1.5 seconds'}, a deployment as long to go live.
In a prompt, a file name or a deployment name, [fail] or [fail: reason] makes it fail, [slow 20] makes it take 20 seconds.
Faults, limits and all that was received: ${emulator.origin}/control/settings and emulator/README.md
Ctrl-C stops it.`);
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
