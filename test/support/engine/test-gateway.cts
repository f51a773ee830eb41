import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';

import { models } from '../../../emulator/generate/models.cjs';
import { installGateway, startGateway } from '../gateway/gateway.cjs';
import { atExit } from '../n8n/child-process.cjs';
import { ensureNode } from '../n8n/node.cjs';
import { freePort } from '../n8n/ports.cjs';

/** A gateway that makes everything up, with a key for each of jest's workers. */
export async function openTestGateway() {
	const folder = mkdtempSync(join(tmpdir(), 'monsterapi-engine-gateway-'));
	const removeFolder = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
	atExit(removeFolder);
	const { binary: nodeBinary } = await ensureNode(console.log);
	await installGateway(nodeBinary, folder);
	const keys = Array.from({ length: availableParallelism() + 1 }, (_unused, index) => ({
		name: `worker-${index + 1}`,
		key: `engine-tests-of-worker-${index + 1}`,
	}));
	const gateway = await startGateway({
		...{ nodeBinary, folder, port: await freePort() },
		config: {
			keys,
			engines: { 'made-up': { driver: 'emulated', slots: 20 } },
			models: Object.fromEntries([...models.keys()].map((id) => [id, { engine: 'made-up' }])),
		},
	});
	const close = async () => {
		await gateway.stop();
		removeFolder();
	};
	return { baseUrl: gateway.baseUrl, close };
}
