/**
 * Sections on one n8n, in a process of its own that ends with the one that started it: the arguments are n8n's
 * version, the packed node and the sections' names. What comes of a section is sent as a message.
 */
import { atExit } from '../support/n8n/child-process.cjs';
import { ensureN8n } from '../support/n8n/install.cjs';
import { createChecks } from './checks.cjs';
import { stages } from './sections.cjs';

async function main(): Promise<void> {
	const [version = '', tarball = '', ...wanted] = process.argv.slice(2);
	const ground = { install: await ensureN8n(version, console.log), tarball };
	const checks = createChecks();
	for (const stage of stages) {
		await stage.run(ground, wanted, checks, (result) => void process.send?.(result));
	}
}

// From now on a signal ends the processes that were started here, too.
atExit(() => {});
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
main()
	.then(() => process.exit(0))
	.catch((error: unknown) => {
		console.error(error);
		process.exit(1);
	});
