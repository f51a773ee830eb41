/**
 * The package in a real n8n: the trigger with published workflows and in the editor's test listening, every operation
 * from saved workflow files, crashes, n8n with a queue, and the editor by mouse. `node --require tsx/cjs test/e2e/main.cts`, with the names
 * of groups or single sections behind it where not all are wanted. N8N_VERSIONS names other versions of n8n, with
 * commas between them.
 */
import { endWithNpm } from '../../scripts/n8n/child-process.cjs';
import { N8N_2 } from '../../scripts/n8n/install.cjs';
import { checkBurst } from './burst.cjs';
import { createChecks } from './checks.cjs';
import { checkFullDisk } from './crashes/disk.cjs';
import { checkOutage } from './crashes/outage.cjs';
import { checkSubmission } from './crashes/submission.cjs';
import { checkTransfers } from './crashes/transfers.cjs';
import { checkTriggers } from './crashes/triggers.cjs';
import { checkWaiting } from './crashes/waiting.cjs';
import { checkEditor } from './editor/section.cjs';
import { Instance } from './instance.cjs';
import { writeLedger, type SectionResult } from './ledger.cjs';
import { checkListening } from './listening.cjs';
import { checkCombined, checkInDatabase, checkInMemory, checkOperations } from './operations.cjs';
import { checkNightly } from './operations/nightly.cjs';
import { checkPublishing } from './publish.cjs';
import { checkBatches } from './queue/batches.cjs';
import { checkQueuedCallbacks } from './queue/callbacks.cjs';
import { Cluster } from './queue/cluster.cjs';
import { checkWorkerKilled } from './queue/worker.cjs';
import { checkReceiving, checkRefusals } from './receive.cjs';
import { checkRestart } from './restart.cjs';
import { createStage, type Groups } from './stage.cjs';

/** Those that restart n8n with other settings come last. */
const onInstance: Groups<Instance> = {
	trigger: {
		publishing: checkPublishing,
		receiving: checkReceiving,
		refusals: checkRefusals,
		listening: checkListening,
		restart: checkRestart,
		burst: async (instance, checks) =>
			await checkBurst(instance, checks, { jobs: 300, duplicates: 200 }),
	},
	crashes: {
		submission: checkSubmission,
		waiting: checkWaiting,
		transfers: checkTransfers,
		outage: checkOutage,
		triggers: checkTriggers,
		disk: checkFullDisk,
	},
	editor: { editor: checkEditor },
	operations: {
		workflows: checkOperations,
		nightly: checkNightly,
		combined: checkCombined,
		memory: checkInMemory,
		database: checkInDatabase,
	},
};

const onCluster: Groups<Cluster> = {
	queue: {
		batches: checkBatches,
		callbacks: checkQueuedCallbacks,
		worker: checkWorkerKilled,
	},
};

const stages = [
	createStage(onInstance, Instance.open),
	createStage(onCluster, Cluster.open, Cluster.lacks),
];

async function main(): Promise<void> {
	endWithNpm();
	const versions = (process.env.N8N_VERSIONS ?? N8N_2).split(',').map((one) => one.trim());
	const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
	const known = stages.flatMap(({ names }) => names);
	const unknown = wanted.filter((name) => !known.includes(name));
	if (unknown.length > 0) {
		throw new Error(`No ${unknown.join(', ')}: there are ${known.join(', ')}`);
	}
	const checks = createChecks();
	const results: SectionResult[] = [];
	for (const version of versions) {
		console.log(`\nn8n ${version}`);
		for (const stage of stages) results.push(...(await stage.run(version, wanted, checks)));
	}
	writeLedger(results);
	console.log(`\n${checks.passed} passed, ${checks.failed} failed`);
	process.exitCode = checks.failed === 0 ? 0 : 1;
}

main().catch((error: unknown) => {
	console.error(error);
	process.exit(1);
});
