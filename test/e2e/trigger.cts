/**
 * The MonsterAPI Trigger in a real n8n with published workflows, and in the editor's test listening:
 * `node --require tsx/cjs test/e2e/trigger.cts`, with the names of single sections behind it where not all are wanted.
 * N8N_VERSIONS names other versions of n8n, with commas between them.
 */
import { endWithNpm, logTail } from '../../scripts/n8n/child-process.cjs';
import { N8N_2 } from '../../scripts/n8n/install.cjs';
import { checkBurst } from './burst.cjs';
import { createChecks, type Checks } from './checks.cjs';
import { Instance } from './instance.cjs';
import { checkListening } from './listening.cjs';
import { checkPublishing } from './publish.cjs';
import { checkReceiving, checkRefusals } from './receive.cjs';
import { checkRestart } from './restart.cjs';

type Section = (instance: Instance, checks: Checks) => Promise<void>;

/** One after the other, since they share the emulator's settings and n8n. */
const sections: Readonly<Record<string, Section>> = {
	publishing: checkPublishing,
	receiving: checkReceiving,
	refusals: checkRefusals,
	listening: checkListening,
	restart: checkRestart,
	burst: checkBurst,
};

async function main(): Promise<void> {
	endWithNpm();
	const versions = (process.env.N8N_VERSIONS ?? N8N_2).split(',').map((one) => one.trim());
	const wanted = process.argv.slice(2);
	const chosen = Object.entries(sections).filter(
		([name]) => wanted.length === 0 || wanted.includes(name),
	);
	if (chosen.length === 0) throw new Error(`There are ${Object.keys(sections).join(', ')}`);
	const checks = createChecks();
	for (const version of versions) {
		console.log(`\nn8n ${version}`);
		const instance = await Instance.open(version);
		try {
			for (const [name, section] of chosen) {
				// What goes wrong outside a check is a failure as well, and the next section goes on.
				await section(instance, checks).catch(
					async (error: unknown) =>
						await checks.check(name, async () => await Promise.reject(error)),
				);
			}
		} finally {
			if (checks.failed > 0) console.log(`\nThe end of n8n's log:\n${logTail(instance.logFile)}\n`);
			await instance.close();
		}
	}
	console.log(`\n${checks.passed} passed, ${checks.failed} failed`);
	process.exitCode = checks.failed === 0 ? 0 : 1;
}

main().catch((error: unknown) => {
	console.error(error);
	process.exit(1);
});
