/**
 * Runs sections on one n8n, in a process of its own that ends with its parent. The arguments are n8n's version, the
 * packed node and the names of the sections; each result is sent as a message.
 */
import { atExit } from '../support/n8n/child-process.cjs';
import { ensureN8n } from '../support/n8n/install.cjs';
import { createChecks } from './checks.cjs';
import { suites } from './suites.cjs';

async function main(): Promise<void> {
	const [version = '', tarball = '', ...wanted] = process.argv.slice(2);
	const build = { install: await ensureN8n(version, console.log), tarball };
	const checks = createChecks();
	for (const suite of suites) {
		await suite.run(build, wanted, checks, (result) => process.send?.(result));
	}
}

// Installs the signal handlers that also end the processes started here.
atExit(() => undefined);
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
main()
	.then(() => process.exit(0))
	.catch((error: unknown) => {
		console.error(error);
		process.exit(1);
	});
