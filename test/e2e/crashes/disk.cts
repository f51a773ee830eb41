import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type { Execution } from '../../support/n8n/execution.cjs';
import { triggeredExecutions } from '../../support/n8n/history.cjs';
import { publishBatch, WORK } from '../batch.cjs';
import { expectEqual, type Checks } from '../checks.cjs';
import type { SingleInstance } from '../single-instance.cjs';
import { MissingSoftware } from '../suite.cjs';
import { expectResults, billedRequests } from './crash.cjs';
import { mountTmpfs, type Tmpfs } from './tmpfs.cjs';

const MB = 1024 * 1024;
const fileBytes = 3 * MB;
const images = ['One', 'Two', 'Three', 'Four', 'Five', 'Six'];

const parameters = {
	resource: 'model',
	operation: 'generateImage',
	model: 'txt2img',
	prompt: '={{ $json.value }}',
	options: {},
};

/** Runs a batch of six images on a disk that holds three of them. */
async function paintOnSmallDisk(
	instance: SingleInstance,
	folder: string,
	settings: Record<string, unknown>,
	verify: (execution: Execution, disk: Tmpfs) => Promise<unknown>,
): Promise<unknown> {
	const { api, emulator } = instance;
	emulator.state.reset();
	Object.assign(emulator.state.settings, { workMs: 0, resultBytes: fileBytes });
	const disk = mountTmpfs(folder, 10 * MB);
	assert(disk !== undefined, 'the file system could not be mounted');
	try {
		const batch = await publishBatch(instance, parameters, settings);
		await batch.start(images);
		const [ended] = await triggeredExecutions(api, batch.workflow.id, 1);
		await api.unpublish(batch.workflow);
		return await verify(await api.execution(ended?.id ?? ''), disk);
	} finally {
		disk.unmount();
	}
}

/** The disk with n8n's files fills up while results are stored. */
export async function checkFullDisk(instance: SingleInstance, { check }: Checks): Promise<void> {
	const { state } = instance.emulator;
	const folder = join(instance.userFolder, 'files');
	mkdirSync(folder, { recursive: true });
	const trial = mountTmpfs(folder, MB);
	if (trial === undefined) throw new MissingSoftware('permission to mount a file system');
	trial.unmount();
	await instance.restart({ N8N_BINARY_DATA_STORAGE_PATH: folder });
	const message = 'The result file could not be stored';

	await check(
		'the disk is full: each item has its process ID and its URLs',
		async () =>
			await paintOnSmallDisk(
				instance,
				folder,
				{ onError: 'continueRegularOutput' },
				async (execution, disk) => {
					execution.requireSuccess();
					const items = execution.items(WORK);
					const failed = items.filter(({ json }) => json.error !== undefined);
					assert(failed.length > 0, 'every file was stored');
					expectEqual('errors', [...new Set(failed.map(({ json }) => json.error))], [message]);
					const named = failed.every(({ json }) => Array.isArray(json.output));
					assert(named, 'an error has no URLs');
					const ids = items.map(({ json }) => String(json.process_id));
					expectEqual('jobs', new Set(ids), new Set(state.jobs.keys()));
					disk.resize(100 * MB);
					const fetched = await expectResults(instance, ids);
					expectEqual('files', fetched.filter(({ binary }) => binary?.data).length, images.length);
					expectEqual('billed requests', billedRequests(instance), images.length);
					return `${failed.length} of ${images.length} did not fit`;
				},
			),
	);
	await check(
		'the disk is full and nothing catches the error: the message names all jobs',
		async () =>
			await paintOnSmallDisk(instance, folder, {}, async (execution, disk) => {
				expectEqual('status', execution.status, 'error');
				const { description = '' } = execution.error ?? {};
				expectEqual('message', execution.error?.message, message);
				const unnamed = [...state.jobs.keys()].filter((id) => !description.includes(id));
				expectEqual('jobs that the message does not name', unnamed, []);
				disk.resize(100 * MB);
				await expectResults(instance, [...state.jobs.keys()]);
				expectEqual('billed requests', billedRequests(instance), state.jobs.size);
			}),
	);
	await instance.restart();
}
