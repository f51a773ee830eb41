import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type { Execution } from '../../support/n8n/execution.cjs';
import { triggeredExecutions } from '../../support/n8n/history.cjs';
import { publishBatch, WORK } from '../batch.cjs';
import { demand, same, type Checks } from '../checks.cjs';
import type { Instance } from '../instance.cjs';
import { expectResults, paidRequests } from './crash.cjs';
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

/** Runs a batch of images with room for three of them. */
async function paintOnSmallDisk(
	instance: Instance,
	folder: string,
	settings: Record<string, unknown>,
	judge: (execution: Execution, disk: Tmpfs) => Promise<string | void>,
): Promise<string | void> {
	const { api, emulator } = instance;
	emulator.state.reset();
	Object.assign(emulator.state.settings, { workMs: 0, resultBytes: fileBytes });
	const disk = mountTmpfs(folder, 10 * MB);
	demand(disk !== undefined, 'the file system could not be mounted');
	try {
		const batch = await publishBatch(instance, parameters, settings);
		await batch.start(images);
		const [ended] = await triggeredExecutions(api, batch.workflow.id, 1);
		await api.unpublish(batch.workflow);
		return await judge(await api.execution(ended?.id ?? ''), disk);
	} finally {
		disk.unmount();
	}
}

/** The disk that holds n8n's files becomes full while results are stored. */
export async function checkFullDisk(instance: Instance, { check }: Checks): Promise<string | void> {
	const { state } = instance.emulator;
	const folder = join(instance.userFolder, 'files');
	mkdirSync(folder, { recursive: true });
	const trial = mountTmpfs(folder, MB);
	if (trial === undefined) return 'file system that this user may mount';
	trial.unmount();
	await instance.restart(() => {}, { N8N_BINARY_DATA_STORAGE_PATH: folder });
	const message = 'The result file could not be stored';

	await check(
		'the disk becomes full: each item says its process ID and its URLs',
		async () =>
			await paintOnSmallDisk(
				instance,
				folder,
				{ onError: 'continueRegularOutput' },
				async (execution, disk) => {
					execution.requireSuccess();
					const items = execution.items(WORK);
					const failed = items.filter(({ json }) => json.error !== undefined);
					demand(failed.length > 0, 'everything found room');
					same('errors', [...new Set(failed.map(({ json }) => json.error))], [message]);
					const named = failed.every(({ json }) => Array.isArray(json.output));
					demand(named, 'an error has no URLs');
					const ids = items.map(({ json }) => String(json.process_id));
					same('jobs', new Set(ids), new Set(state.jobs.keys()));
					disk.resize(100 * MB);
					const fetched = await expectResults(instance, ids);
					same('files', fetched.filter(({ binary }) => binary?.data).length, images.length);
					same('requests that cost money', paidRequests(instance), images.length);
					return `${failed.length} of ${images.length} did not fit`;
				},
			),
	);
	await check(
		'the disk becomes full and nothing catches it: the message has all jobs',
		async () =>
			await paintOnSmallDisk(instance, folder, {}, async (execution, disk) => {
				same('status', execution.status, 'error');
				const { description = '' } = execution.error ?? {};
				same('message', execution.error?.message, message);
				const unnamed = [...state.jobs.keys()].filter((id) => !description.includes(id));
				same('jobs that the message does not name', unnamed, []);
				disk.resize(100 * MB);
				await expectResults(instance, [...state.jobs.keys()]);
				same('requests that cost money', paidRequests(instance), state.jobs.size);
			}),
	);
	await instance.restart();
}
