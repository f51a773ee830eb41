import assert from 'node:assert/strict';
import { expectEqual, type Checks } from './checks.cjs';
import type { SingleInstance } from './single-instance.cjs';
import { readOperations, SavedWorkflow, type FileKeeping } from './operations/saved-workflow.cjs';
import { expectations } from './operations/table.cjs';

/** An instance's own setting. */
const onDisk = { storage: 'filesystem-v2' } as const;

/** Runs every workflow of `test/e2e/workflows` with n8n's current settings. */
async function checkWorkflows(
	instance: SingleInstance,
	{ check }: Checks,
	where: string | undefined,
	keeping: FileKeeping,
): Promise<void> {
	for (const { id, workflow } of readOperations()) {
		await check(where === undefined ? id : `${id} (${where})`, async () => {
			const expectation = expectations[id];
			assert(expectation !== undefined, 'this workflow has no expectation');
			const saved = await SavedWorkflow.import(instance, workflow, keeping);
			await expectation(saved);
		});
	}
}

/** Every operation, error branch and retry, from workflow files. */
export async function checkOperations(instance: SingleInstance, checks: Checks): Promise<void> {
	await checks.check('each expectation has its workflow', async () => {
		const files = readOperations().map(({ id }) => id);
		expectEqual('workflows', files.sort(), Object.keys(expectations).sort());
	});
	await checkWorkflows(instance, checks, 'files on disk', onDiskIn(instance));
}

/** The same without a word about the files: how n8n keeps them makes no difference to MonsterAPI. */
export async function checkOperationsOnce(instance: SingleInstance, checks: Checks): Promise<void> {
	await checkWorkflows(instance, checks, undefined, onDiskIn(instance));
}

/** "separate" is also n8n 2.x's default, which the other sections use. */
const onDiskIn = ({ version }: SingleInstance): FileKeeping =>
	version.startsWith('1.') ? onDisk : { ...onDisk, binaryMode: 'separate' };

/** The same with files inside the items' JSON, a setting of workflows in n8n 2.x. */
export async function checkCombined(instance: SingleInstance, checks: Checks): Promise<void> {
	if (instance.version.startsWith('1.')) {
		console.log('\n!!! NOT FOR THIS VERSION: files in the JSON. n8n 1.x has no binaryMode.\n');
		return;
	}
	await checkWorkflows(instance, checks, 'files in the JSON', {
		...onDisk,
		binaryMode: 'combined',
	});
}

/** The same with files inside the execution's data, the default of n8n 1.x. */
export async function checkInMemory(instance: SingleInstance, checks: Checks): Promise<void> {
	await instance.restart({ N8N_DEFAULT_BINARY_DATA_MODE: 'default' });
	await checkWorkflows(instance, checks, 'files in memory', {});
}

/** The same with files in n8n's database, the default of n8n 2.x in queue mode. */
export async function checkInDatabase(instance: SingleInstance, checks: Checks): Promise<void> {
	await instance.restart({
		N8N_DEFAULT_BINARY_DATA_MODE: 'database',
		// Disabled by default in n8n 1.x.
		N8N_AVAILABLE_BINARY_DATA_MODES: 'filesystem,database',
	});
	await checkWorkflows(instance, checks, 'files in the database', { storage: 'database' });
}
