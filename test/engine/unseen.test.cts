import { startEmulator } from '../../emulator/server.cjs';
import { useSession } from '../support/engine/session.cjs';

const session = useSession();
const state = () => session.emulator.state;
const second = { timeout: 1 };
const write = {
	resource: 'model',
	operation: 'generateText',
	model: 'falcon-7b-instruct',
	prompt: 'Hello',
	options: second,
};
const wait = { resource: 'job', operation: 'wait', processId: 'p-1', options: second };
const deploy = {
	resource: 'deployment',
	operation: 'deployLlm',
	basemodelPath: 'a/b',
	promptTemplate: '{prompt}{completion}',
	perGpuVram: '16',
	gpuCount: '1',
	options: second,
};

/** An address at which nothing listens any more. */
async function deadUrl(): Promise<string> {
	const other = await startEmulator();
	await other.close();
	return other.baseUrl;
}

test('Job > Wait at an address where nothing is does not say that the job continues', async () => {
	const credential = { apiKey: 'k', baseUrl: await deadUrl() };
	const { error } = await session.run(wait, { credential });
	expect(error?.message).toBe('The status of the job could not be read within 1 seconds');
	expect(error?.description).toMatch(/MonsterAPI could not be reached\. .*ECONNREFUSED.*p-1/);
	expect(error?.description).not.toContain('accepted');
});

test('Job > Wait at an address of something else ends early', async () => {
	state().faults.push({ path: '/v1/status/', status: 200, body: '<html>', times: 99 });
	const { error } = await session.run({ ...wait, options: { timeout: 600 } });
	expect(error?.message).toBe('The answer did not come from MonsterAPI');
	expect(error?.description).toContain('Check the base URL');
	expect(session.calls()).toHaveLength(5);
});

test('a job that was accepted says so, and why its status is unknown', async () => {
	state().faults.push({ path: '/v1/status/', status: 503, times: 99 });
	const { error } = await session.run(write);
	const [id] = [...state().jobs.keys()];
	expect(error?.message).toBe(
		'MonsterAPI accepted the job, but its status could not be read within 1 seconds',
	);
	expect(error?.description).toMatch(/fault 503 \(503\).*Its process ID is/);
	expect(error?.description).toContain(id);
});

test('an item of a job that could not be seen has the reason', async () => {
	state().faults.push({ path: '/v1/status/', status: 503, times: 99 });
	const { items } = await session.run({ ...write, options: { ...second, onTimeout: 'return' } });
	expect(items[0]?.json).toMatchObject({
		status: 'UNKNOWN',
		timed_out: true,
		message: expect.stringContaining('fault 503'),
	});
});

test('a deployment whose status could not be read says so, and names its ID', async () => {
	state().faults.push({ path: '/v1/deploy/status/', status: 200, body: '<html>', times: 99 });
	const { error } = await session.run(deploy);
	expect(error?.message).toBe(
		'The deployment was started, but its status could not be read within 1 seconds',
	);
	expect(error?.description).toMatch(/did not come from MonsterAPI.*may be running and cost money/);
});
