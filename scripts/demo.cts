/**
 * Runs a real n8n with the packed node against the gateway, executes the example workflows, checks and saves their
 * results. `npm run demo` leaves the editor open; `-- --once` ends afterwards; `-- --emulator` takes the emulator in place
 * of the gateway.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callsBack, runCallbacks } from './demo/callbacks.cjs';
import { expectations, notByClick } from './demo/expectations.cjs';
import { deploys, outputFolder, runExample, shortPath } from './demo/outcome.cjs';
import { checked, printSummary, printTable, report, type Row } from './demo/print.cjs';
import { openService, type Service } from './demo/service.cjs';
import { N8nApi } from '../test/support/n8n/api.cjs';
import { cacheFolder } from '../test/support/n8n/cache-folder.cjs';
import { atExit, endWithNpm, logTail } from '../test/support/n8n/child-process.cjs';
import { ensureN8n, hasN8n, N8N_2 } from '../test/support/n8n/install.cjs';
import { packProject } from '../test/support/n8n/pack.cjs';
import { startN8n, type N8nServer } from '../test/support/n8n/server.cjs';
import { readExamples, type NamedWorkflow } from '../test/support/n8n/workflow-files.cjs';
import { CREDENTIAL_NAME } from '../test/support/n8n/workflow.cjs';

const owner = {
	email: 'demo@example.com',
	password: 'Demo-MonsterAPI-1',
	firstName: 'Demo',
	lastName: 'Owner',
};
const NODE_TYPE = 'n8n-nodes-monsterapi.monsterApi';

/** The results so far, and how to unpublish the workflows. */
interface Run {
	rows: Row[];
	unpublish?: () => Promise<Row>;
}

async function runAll(n8n: N8nServer, api: N8nApi, service: Service): Promise<Run> {
	const rows: Row[] = [];
	const loaded = await checked('(node is loaded)', async () => {
		const types = await api.nodeTypes();
		const type = types.find(({ name }) => name === NODE_TYPE);
		if (!type) throw new Error(`n8n has no ${NODE_TYPE}. Its log:\n${logTail(n8n.logFile)}`);
		return { result: `${type.displayName}, among ${types.length} node types` };
	});
	rows.push(loaded);
	if (!loaded.passed) return { rows };

	const { baseUrl, apiKey } = service;
	rows.push(
		await checked('(credential)', async () => {
			const credential = { name: CREDENTIAL_NAME, type: 'monsterApi', data: { apiKey, baseUrl } };
			const stored = await api.createCredential(credential);
			const { status, message } = await api.testCredential(stored, credential.data);
			if (status !== 'OK') throw new Error(`the credential test says: ${message}`);
			return { result: message };
		}),
	);

	const timeoutMs = service.local ? 300_000 : 1_800_000;
	const examples = readExamples();
	for (const example of examples.filter((one) => !callsBack(one))) {
		const reason = deploys(example) ? service.noDeployments : notByClick[example.id];
		if (reason !== undefined) {
			await importOnly(api, example, reason);
			continue;
		}
		report(`Running "${example.workflow.name}" …`);
		rows.push(
			await checked(example.id, async () => {
				const expectation = expectations[example.id];
				if (!expectation) throw new Error('this example has no expectation');
				const outcome = await runExample(api, service, example, timeoutMs);
				const { seconds, facts } = outcome;
				return { result: expectation(outcome), seconds, facts };
			}),
		);
	}

	if (!service.callsBack) {
		const reason =
			'MonsterAPI cannot reach this machine; WEBHOOK_URL can name a public address of it.';
		for (const example of examples.filter(callsBack)) {
			await importOnly(api, example, reason);
		}
		return { rows };
	}
	const called = await runCallbacks(api, service, examples, expectations, timeoutMs);
	return { rows: [...rows, ...called.rows], unpublish: called.unpublish };
}

/** Imports an example without running or publishing it: it waits in the editor, to be set up as its note says. */
async function importOnly(api: N8nApi, { workflow }: NamedWorkflow, reason: string): Promise<void> {
	await api.createWorkflow(workflow);
	report(`Imported, not run: "${workflow.name}". ${reason}`);
}

/** Says what was removed and what was kept when the demo ends. */
function printFarewell(): void {
	const files = existsSync(outputFolder)
		? `the results’ files in ${shortPath(outputFolder)}/ and `
		: '';
	console.log('\nn8n has ended, and its data is removed.');
	console.log(`Kept: ${files}n8n itself in ${cacheFolder()}, for the next start.`);
}

async function main(): Promise<void> {
	const once = process.argv.includes('--once');
	endWithNpm();
	if (!hasN8n(N8N_2)) {
		console.log(
			`The first start installs a complete n8n ${N8N_2} (about 3 GB) in ${cacheFolder()}\n` +
				'and compiles its database driver. That takes some minutes; later starts take seconds.',
		);
	}
	const install = await ensureN8n(N8N_2, report);

	// Runs after all children have ended.
	const folder = mkdtempSync(join(tmpdir(), 'monsterapi-demo-'));
	atExit(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
	// Temporary files of the emulator and of n8n are removed with it.
	process.env.TMPDIR = process.env.TEMP = folder;
	rmSync(outputFolder, { recursive: true, force: true });

	report('Building and packing the node …');
	const tarball = await packProject(join(folder, 'package'));
	const emulator = process.argv.includes('--emulator');
	if (!emulator) report('Starting the gateway …');
	const service = await openService({
		...{ emulator, nodeBinary: install.nodeBinary, folder },
		...(once ? {} : { port: 4020 }),
	});
	report(service.introduction);
	report(`Starting n8n ${install.version} with the node installed …`);
	const userFolder = join(folder, 'n8n');
	// A public address forwards to a fixed port.
	const port = once && !service.n8nEnv.WEBHOOK_URL ? undefined : 5678;
	const n8n = await startN8n({
		...{ install, userFolder, tarball, env: service.n8nEnv },
		...(port === undefined ? {} : { port }),
	});
	const api = await N8nApi.setUp(n8n.baseUrl, owner);
	report(`n8n is ready at ${n8n.baseUrl}`);
	// n8n 2 opens its assistant at the bare address.
	const editor = `${n8n.baseUrl}/home/workflows`;
	if (!once) {
		console.log(`\nThe editor is open at  ${editor}`);
		console.log(`Log in with            ${owner.email}  /  ${owner.password}`);
		console.log('The examples are run now; Ctrl-C ends n8n at any time and removes its data.\n');
		atExit(printFarewell);
	}

	const { rows, unpublish } = await runAll(n8n, api, service);
	if (once && unpublish) rows.push(await unpublish());
	report('All done.');
	printTable(rows);
	const passed = rows.every((row) => row.passed);
	if (rows.some(({ name }) => name === 'speak'))
		console.log(`Files are in ${shortPath(outputFolder)}/`);
	process.exitCode = passed ? 0 : 1;

	if (!once) {
		console.log(`The editor stays open at ${editor} until Ctrl-C.`);
		printSummary(rows);
		await n8n.ended;
		throw new Error(`n8n has ended by itself. Its log:\n${logTail(n8n.logFile)}`);
	}
	await n8n.stop();
	await service.close();
	printSummary(rows);
}

main().catch((error: unknown) => {
	console.error(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}`);
	process.exit(1);
});
