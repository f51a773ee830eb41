import { useSession } from '../support/engine/session.cjs';

const session = useSession();
const write = {
	resource: 'model',
	operation: 'generateText',
	model: 'falcon-7b-instruct',
	prompt: 'Hello',
};
const paint = { ...write, operation: 'generateImage', model: 'txt2img' };
const state = () => session.emulator.state;

/** More than an answer may have; as gzip it has 80 kB. */
const bombBytes = 80_000_000;
const bomb = (method: string, path: string, status = 200) => ({
	method,
	path,
	status,
	gzipBytes: bombBytes,
	times: 9,
	body: { process_id: 'p-1', status: 'COMPLETED', result: { text: 'x' } },
});

const get = { resource: 'job', operation: 'get', processId: 'p-1' };

test.each([200, 503])(
	'an answer %i that decompresses to 80 MB is not read, and not asked for again',
	async (status) => {
		state().faults.push(bomb('GET', '/v1/status/', status));
		const { error } = await session.run(get);
		expect(error?.message).toBe('MonsterAPI answered with more than 16 MB');
		expect(session.calls()).toEqual(['GET /v1/status/p-1']);
	},
);

test('an answer to a submission that is too large may have been accepted', async () => {
	state().faults.push(bomb('POST', '/v1/generate/'));
	const { error } = await session.run(write);
	expect(error?.message).toBe('MonsterAPI accepted the job but returned no usable process ID');
	expect(error?.description).toContain('the answer was larger than 16 MB');
	expect(session.calls()).toHaveLength(1);
});

test('a compressed answer within the limit is read', async () => {
	state().faults.push({ ...bomb('GET', '/v1/status/'), gzipBytes: 8_000_000 });
	const { items } = await session.run(get);
	expect(items[0]?.json).toMatchObject({ status: 'COMPLETED', text: 'x' });
});

test('a result file that decompresses to more than its limit is not stored', async () => {
	state().faults.push(bomb('GET', '/files/'));
	const { error } = await session.run({ ...paint, options: { maxFileSize: 5 } });
	expect(error?.message).toBe('The result file is larger than 5 MB');
	expect(error?.description).toContain("Increase 'Max File Size (MB)'");
	expect(error?.description).toContain([...state().jobs.keys()][0]);
	expect(session.calls().filter((call) => call.includes('/files/'))).toHaveLength(1);
});

test('the limit of a result file is its announced size; 0 means none', async () => {
	state().settings.resultBytes = 3_000_000;
	const { error } = await session.run({ ...paint, options: { maxFileSize: 2 } });
	expect(error?.message).toBe('The result file is larger than 2 MB');
	for (const maxFileSize of [0, '={{ "3" }}']) {
		const { items } = await session.run({ ...paint, options: { maxFileSize } });
		expect(items[0]?.binary?.['data']?.bytes).toBe(3_000_000);
	}
});
