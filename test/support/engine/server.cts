import { setTimeout as delay } from 'node:timers/promises';

import { startEmulator, type Emulator } from '../../../emulator/server.cjs';
import { startRecorder } from '../gateway/recorder.cjs';

/** The MonsterAPI of a test file. */
export interface EngineServer {
	readonly emulator: Emulator;
	/** Forgets what earlier tests did. */
	reset(): Promise<void>;
	settled(processId: string): Promise<void>;
	close(): Promise<void>;
}

/** The emulator, or with MONSTERAPI_SERVER=gateway the gateway that jest's global set-up has started. */
export async function openServer(apiKey: string): Promise<EngineServer> {
	if (process.env['MONSTERAPI_SERVER'] === 'gateway') return await openGateway(apiKey);
	const emulator = await startEmulator({ apiKey, settings: { queueMs: 0, workMs: 0 } });
	return {
		emulator,
		reset: async () => {
			emulator.state.reset();
			await Promise.resolve();
		},
		settled: async () => await Promise.resolve(),
		close: () => emulator.close(),
	};
}

const pollMs = 20;

async function openGateway(testKey: string): Promise<EngineServer> {
	const baseUrl = process.env['MONSTERAPI_GATEWAY'] ?? '';
	// A key sees only its own, so that files that run at the same time do not meet.
	const apiKey = `engine-tests-of-worker-${process.env['JEST_WORKER_ID'] ?? '1'}`;
	const emulator = await startRecorder({ baseUrl, apiKey }, testKey);
	const call = async <T,>(path: string, method = 'GET'): Promise<T> => {
		const headers = { authorization: `Bearer ${apiKey}` };
		const response = await fetch(`${baseUrl}${path}`, { method, headers });
		return (await response.json()) as T;
	};
	return {
		emulator,
		async reset() {
			for (const { url_name } of await call<Array<{ url_name: string }>>('/webhook')) {
				await call(`/webhook?url_name=${encodeURIComponent(url_name)}`, 'DELETE');
			}
			emulator.state.reset();
		},
		async settled(processId) {
			const isEnd = /^(COMPLETED|FAILED)$/;
			const path = `/status/${processId}`;
			while (!isEnd.test((await call<{ status: string }>(path)).status)) await delay(pollMs);
		},
		close: () => emulator.close(),
	};
}
