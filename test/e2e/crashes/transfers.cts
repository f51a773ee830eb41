import { demand, same, type Checks } from '../checks.cjs';
import type { Instance } from '../instance.cjs';
import { crashDuring, expectResults, importExample, paidRequests } from './crash.cjs';

/** Large enough that a kill comes before the end. */
const largeFile = 400 * 1024 * 1024;

/** n8n killed while a file goes up, and while one comes down. */
export async function checkTransfers(instance: Instance, { check }: Checks): Promise<void> {
	const { state } = instance.emulator;

	await check('killed while a file is uploaded: nothing is paid, run it again', async () => {
		state.reset();
		state.faults.push({ method: 'PUT', path: '/uploads/', drop: 'hang' });
		const workflow = await importExample(instance, 'transcribe-large-file');
		const uploading = () => state.requests.some(({ method }) => method === 'PUT');
		const { logged } = await crashDuring(instance, workflow, uploading);
		same('jobs in the log', logged, []);
		same('requests that cost money', paidRequests(instance), 0);
		(await instance.api.runToEnd(workflow)).requireSuccess();
		same('requests that cost money, second run included', paidRequests(instance), 1);
	});

	await check('killed while a result is downloaded: fetched whole by the log', async () => {
		state.reset();
		state.settings.resultBytes = largeFile;
		const workflow = await importExample(instance, 'speak');
		const fetching = () => state.requests.some(({ path }) => path.startsWith('/files/'));
		const { logged } = await crashDuring(instance, workflow, fetching);
		same('jobs in the log', logged, [...state.jobs.keys()]);
		state.settings.resultBytes = null;
		const [item] = await expectResults(instance, logged);
		demand(item?.binary?.data !== undefined, 'there is no file');
		same('requests that cost money', paidRequests(instance), 1);
	});
}
