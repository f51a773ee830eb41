import { createHash } from 'node:crypto';

import type { ExecutionItem } from '../../support/n8n/execution.cjs';
import { triggeredExecutions } from '../../support/n8n/history.cjs';
import { pattern } from '../../../emulator/result-file.cjs';
import { publishBatch, WORK } from '../batch.cjs';
import { demand, same, type Checks } from '../checks.cjs';
import type { Cluster } from './cluster.cjs';

const executions = 10;
const itemsEach = 100;
const fileBytes = 20_000;

const sha256 = (chunks: Iterable<Uint8Array>) => {
	const hash = createHash('sha256');
	for (const chunk of chunks) hash.update(chunk);
	return hash.digest('hex');
};

/** Ten executions of a hundred images each, at once, with their files in the database. */
export async function checkBatches(cluster: Cluster, { check }: Checks): Promise<void> {
	const { api, emulator } = cluster;
	const { state } = emulator;
	state.reset();
	Object.assign(state.settings, { workMs: 2000, jitter: 0.5, resultBytes: fileBytes });
	const total = executions * itemsEach;
	const batch = await publishBatch(cluster, {
		resource: 'model',
		operation: 'generateImage',
		model: 'txt2img',
		prompt: '={{ $json.value }}',
		options: {},
	});
	const lists = Array.from({ length: executions }, (_unused, list) =>
		Array.from({ length: itemsEach }, (_none, item) => `Image ${item} of list ${list}`),
	);
	const results: ExecutionItem[][] = [];

	await check(`${executions} executions of ${itemsEach} images at once`, async () => {
		await Promise.all(lists.map(async (list) => await batch.start(list)));
		const ended = await triggeredExecutions(api, batch.workflow.id, executions, 600_000);
		same('executions', ended.length, executions);
		for (const { id } of ended) {
			const execution = await api.execution(id);
			execution.requireSuccess();
			results.push(execution.items(WORK));
		}
	});
	await check('nothing paid twice: one request for each item', async () => {
		const paid = state.requests.filter(({ path }) => path.startsWith('/v1/generate/'));
		same('requests', paid.length, total);
		same('jobs', state.jobs.size, total);
	});
	await check('nothing lost: each item has its own result, in the order of its list', async () => {
		const promptsOf = (items: ExecutionItem[]) =>
			items.map(({ json }) => state.jobs.get(String(json.process_id))?.inputs['prompt']);
		same('prompts', results.map(promptsOf).sort(), lists.sort());
		const ids = new Set(results.flat().map(({ json }) => json.process_id));
		same('different jobs', ids.size, total);
	});
	await check('the files are in the database, whole, and the main hands them out', async () => {
		const files = results.flat().map(({ binary }) => binary?.data);
		const kept = files.filter((file) => file?.id?.startsWith('database:')).length;
		same('files with an id of the database', kept, total);
		const [rows] = cluster.database.column('select count(*) from binary_data');
		same('rows', rows, String(total));
		const expected = sha256(pattern(fileBytes));
		for (const items of results) {
			const file = items.at(-1)?.binary?.data;
			demand(file !== undefined, 'there is no file');
			const bytes = await (await api.openFile(file)).toArray();
			same('SHA-256', sha256(bytes), expected);
		}
	});
	await check('both workers worked, and each accepted job stands in their logs', async () => {
		const logs = cluster.workerLogs();
		const started = logs.map((log) => log.match(/Worker started execution/g)?.length ?? 0);
		demand(
			started.every((count) => count > 0),
			`executions by worker: ${started.join(', ')}`,
		);
		const text = logs.join('\n');
		const unlogged = [...state.jobs.keys()].filter((id) => !text.includes(`accepted job ${id} `));
		same('jobs that are not in the log', unlogged, []);
		return `${started.join(' and ')} executions`;
	});
	await api.unpublish(batch.workflow);
	state.reset();
}
