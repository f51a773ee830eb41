import assert from 'node:assert/strict';
import { expectEqual, type Checks } from '../checks.cjs';
import type { SingleInstance } from '../single-instance.cjs';
import { crashDuring, expectResults, importExample, billedRequests } from './crash.cjs';

/** Large enough for n8n to be killed before the transfer ends. */
const largeFile = 400 * 1024 * 1024;

/** n8n killed while a file goes up, and while one comes down. */
export async function checkTransfers(instance: SingleInstance, { check }: Checks): Promise<void> {
	const { state } = instance.emulator;

	await check('killed while a file is uploaded: its job is not billed, run it again', async () => {
		state.reset();
		state.faults.push({ method: 'PUT', path: '/uploads/', drop: 'hang' });
		const workflow = await importExample(instance, 'transcribe-large-file');
		const uploading = () => state.requests.some(({ method }) => method === 'PUT');
		const { logged } = await crashDuring(instance, workflow, uploading);
		// The example speaks the recording first.
		expectEqual('jobs in the log', logged, [...state.jobs.keys()]);
		expectEqual('billed requests', billedRequests(instance), 1);
		(await instance.api.runToEnd(workflow)).requireSuccess();
		expectEqual('billed requests, second run included', billedRequests(instance), 3);
	});

	await check(
		'killed while a result is downloaded: the job in the log gives the whole file',
		async () => {
			state.reset();
			state.settings.resultBytes = largeFile;
			const workflow = await importExample(instance, 'speak');
			const fetching = () => state.requests.some(({ path }) => path.startsWith('/files/'));
			const { logged } = await crashDuring(instance, workflow, fetching);
			expectEqual('jobs in the log', logged, [...state.jobs.keys()]);
			state.settings.resultBytes = null;
			const [item] = await expectResults(instance, logged);
			assert(item?.binary?.data !== undefined, 'there is no file');
			expectEqual('billed requests', billedRequests(instance), 1);
		},
	);
}
