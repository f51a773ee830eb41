import { useSession } from '../support/engine/session.cjs';

const session = useSession();
const write = {
	resource: 'model',
	operation: 'generateText',
	model: 'mpt-7b-instruct',
	prompt: 'Hi',
};
const paint = { resource: 'model', operation: 'generateImage', model: 'txt2img', prompt: 'A boat' };
const second = { timeout: 1 };

test('the timeout begins when the job is accepted', async () => {
	session.emulator.state.settings.workMs = 700;
	session.emulator.state.faults.push({ method: 'POST', delayMs: 1_200 });
	const { items, error } = await session.run({ ...write, options: second });
	expect(error).toBeUndefined();
	expect(items[0]?.json['status']).toBe('COMPLETED');
});

test('a download may take longer: what is paid is fetched', async () => {
	session.emulator.state.faults.push({
		path: '/files/',
		status: 404,
		headers: { 'retry-after': '1.5' },
	});
	const { items, error } = await session.run({ ...paint, options: second });
	expect(error).toBeUndefined();
	expect(Object.keys(items[0]?.binary ?? {})).toEqual(['data']);
});
