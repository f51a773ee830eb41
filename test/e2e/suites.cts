import { checkAgents } from './agents/section.cjs';
import { checkBurst } from './burst.cjs';
import { checkFullDisk } from './crashes/disk.cjs';
import { checkOutage } from './crashes/outage.cjs';
import { checkSubmission } from './crashes/submission.cjs';
import { checkTransfers } from './crashes/transfers.cjs';
import { checkTriggers } from './crashes/triggers.cjs';
import { checkWaiting } from './crashes/waiting.cjs';
import { checkDevelopment, Development } from './dev.cjs';
import { checkEditor } from './editor/section.cjs';
import { checkExamples } from './examples.cjs';
import { emulatorOnly } from './gateway/emulator-only.cjs';
import { checkImageEdit } from './gateway/image-edit.cjs';
import { onGateway } from './gateway/on-gateway.cjs';
import { emulatedConfig, openGateway } from './gateway/open-gateway.cjs';
import { findMissingPrograms, programConfig } from './gateway/programs.cjs';
import { checkRoundTrip } from './gateway/round-trip.cjs';
import { SingleInstance } from './single-instance.cjs';
import { checkListening } from './listening.cjs';
import {
	checkCombined,
	checkInDatabase,
	checkInMemory,
	checkOperations,
	checkOperationsOnce,
} from './operations.cjs';
import { checkNightly } from './operations/nightly.cjs';
import { checkPublishing } from './publish.cjs';
import { checkBatches } from './queue/batches.cjs';
import { checkQueuedCallbacks } from './queue/callbacks.cjs';
import { Cluster } from './queue/cluster.cjs';
import { checkWorkerKilled } from './queue/worker.cjs';
import { checkReceiving, checkRefusals } from './receive.cjs';
import { checkRestart } from './restart.cjs';
import { createSuite, type Groups, type Suite } from './suite.cjs';

/** Sections that restart n8n with other settings come last. */
const onInstance: Groups<SingleInstance> = {
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
	agents: { agents: checkAgents },
	editor: { editor: checkEditor },
	examples: { examples: checkExamples },
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

/** The same sections as on the emulator, as far as they do not steer it. */
const onEmulatedGateway: Groups<SingleInstance> = {
	'gateway-operations': onGateway(
		{
			workflows: checkOperationsOnce,
			publishing: checkPublishing,
			receiving: checkReceiving,
			refusals: checkRefusals,
			listening: checkListening,
			restart: checkRestart,
		},
		emulatorOnly,
	),
};

const onProgramGateway: Groups<SingleInstance> = {
	gateway: {
		speech: checkRoundTrip,
		images: checkImageEdit,
	},
};

/** All sections, by the kind of instance that they need. */
export const suites: readonly Suite[] = [
	createSuite(onInstance, async (build) => await SingleInstance.open(build)),
	createSuite(
		onCluster,
		async (build) => await Cluster.open(build),
		() => Cluster.findMissing(),
	),
	createSuite(
		onEmulatedGateway,
		async (build) =>
			await SingleInstance.open(build, async () => await openGateway(build, emulatedConfig)),
	),
	createSuite(
		onProgramGateway,
		async (build) =>
			await SingleInstance.open(build, async () => await openGateway(build, programConfig)),
		() => findMissingPrograms(),
	),
	createSuite({ dev: { dev: checkDevelopment } }, (build) => Development.open(build)),
];
