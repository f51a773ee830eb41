import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { models } from '../../../emulator/generate/models.cjs';
import { startGateway } from '../../support/gateway/gateway.cjs';
import { startRecorder } from '../../support/gateway/recorder.cjs';
import { atExit } from '../../support/n8n/child-process.cjs';
import { freePort } from '../../support/n8n/ports.cjs';
import { apiKey, endlessModel, endlessMs, type Build, type MonsterApi } from '../instance.cjs';

/** A gateway as MonsterAPI, with a recorder in front of it. @param config its engines and models */
export async function openGateway(
	{ install }: Build,
	config: Readonly<Record<string, unknown>>,
): Promise<MonsterApi> {
	const folder = mkdtempSync(join(tmpdir(), 'monsterapi-e2e-gateway-'));
	const removeFolder = () =>
		rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
	atExit(removeFolder);
	const gateway = await startGateway({
		nodeBinary: install.nodeBinary,
		folder,
		port: await freePort(),
		config: { keys: [{ name: 'n8n', key: apiKey }], ...config },
	});
	const recorder = await startRecorder(gateway, apiKey);
	return {
		...recorder,
		kind: 'gateway',
		async close() {
			await recorder.close();
			await gateway.stop();
			removeFolder();
		},
	};
}

const slots = 20;

/** Every model is answered without a model, as fast as by the emulator. */
export const emulatedConfig = {
	engines: {
		'made-up': { driver: 'emulated', slots },
		endless: { driver: 'emulated', slots, delayMs: endlessMs, deadline: '2h' },
	},
	models: Object.fromEntries(
		[...models.keys()].map((id) => [id, { engine: id === endlessModel ? 'endless' : 'made-up' }]),
	),
};
