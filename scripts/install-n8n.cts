/**
 * Installs the versions of n8n in N8N_VERSIONS (default: all that the tests use), unless they are installed already:
 * `node --require tsx/cjs scripts/install-n8n.cts`.
 */
import { ensureN8n, N8N_1, N8N_2 } from '../test/support/n8n/install.cjs';

async function main(): Promise<void> {
	const versions = (process.env.N8N_VERSIONS ?? `${N8N_2},${N8N_1}`).split(',');
	for (const version of versions) {
		await ensureN8n(version.trim(), console.log);
		console.log(`n8n ${version.trim()} is installed.`);
	}
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exit(1);
});
