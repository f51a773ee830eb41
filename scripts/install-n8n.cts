/**
 * Installs the versions of n8n that N8N_VERSIONS names, or all that the tests know, so that they are there when they
 * are needed: `node --require tsx/cjs scripts/install-n8n.cts`. What is there already stays as it is.
 */
import { ensureN8n, N8N_1, N8N_2 } from '../test/support/n8n/install.cjs';

async function main(): Promise<void> {
	const versions = (process.env.N8N_VERSIONS ?? `${N8N_2},${N8N_1}`).split(',');
	for (const version of versions) {
		await ensureN8n(version.trim(), console.log);
		console.log(`n8n ${version.trim()} is there.`);
	}
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exit(1);
});
