import { finish, startSession, type Accepted, type Session } from './session.cjs';

let session: Session;
beforeEach(async () => {
	session = await startSession();
});
afterEach(() => session.emulator.close());

const submit = async (prompt: string, model = 'flan-T5'): Promise<string> =>
	(await session.api.post<Accepted>(`/generate/${model}`, { prompt })).data.process_id;
const read = async (id: string) =>
	(await session.api.get<{ status: string }>(`/status/${id}`)).data;

it('goes through the life of a job by the clock', async () => {
	const id = await submit('Hello');
	const stages: unknown[] = [];
	for (const step of [0, 299, 1, 1199, 1]) {
		session.clock.now += step;
		stages.push((await read(id)).status);
	}
	expect(stages).toEqual(['IN_QUEUE', 'IN_QUEUE', 'IN_PROGRESS', 'IN_PROGRESS', 'COMPLETED']);
});

it('answers 404 for a process that is not there', async () => {
	const { status, data } = await session.api.get('/status/nothing');
	expect([status, data]).toEqual([404, { message: 'Not Found: no such process' }]);
});

it.each([
	['absent', {}],
	['null', { result: null }],
	['empty', { result: {} }],
] as const)('shows a pending result as %s', async (pendingResult, more) => {
	session.emulator.state.settings.pendingResult = pendingResult;
	const id = await submit('Hello');
	expect(await read(id)).toEqual({ process_id: id, status: 'IN_QUEUE', ...more });
});

it('completes with the cost', async () => {
	const answer = await finish(session, 'flan-T5', { prompt: 'Hello' });
	expect(answer).toEqual({
		process_id: expect.any(String),
		status: 'COMPLETED',
		result: { text: expect.stringContaining('[emulated]') },
		credit_used: 1,
		overage: 0,
	});
});

it.each([
	['do it [fail]', '[emulated] this job was told to fail'],
	['do it [FAIL: out of memory] now', 'out of memory'],
])('fails on the prompt “%s”', async (prompt, errorMessage) => {
	const answer = await finish(session, 'flan-T5', { prompt });
	expect(answer).toEqual({
		process_id: expect.any(String),
		status: 'FAILED',
		result: { errorMessage },
	});
});

it('fails on the name of a file', async () => {
	const file = 'https://example.com/%5Bfail%3A%20too%20noisy%5D.mp3';
	const answer = await finish(session, 'whisper', { file });
	expect(answer.result).toEqual({ errorMessage: 'too noisy' });
});

it('takes as long as the prompt says', async () => {
	const id = await submit('[slow 20] please');
	session.clock.now += 19_999;
	expect((await read(id)).status).toBe('IN_PROGRESS');
	session.clock.now += 1;
	expect((await read(id)).status).toBe('COMPLETED');
});

it('takes its times from the settings at submission, by model and with jitter', async () => {
	const { state } = session.emulator;
	Object.assign(state.settings, { queueMs: 0, workMs: { 'flan-T5': 50, default: 70 } });
	await submit('a');
	await submit('a', 'zephyr-7b-beta');
	state.settings.workMs = { 'flan-T5': 50 };
	await submit('a', 'zephyr-7b-beta');
	expect([...state.jobs.values()].map(({ workMs }) => workMs)).toEqual([50, 70, 1200]);

	state.jobs.clear();
	Object.assign(state.settings, { workMs: 1000, jitter: 0.5 });
	for (let count = 0; count < 20; count++) await submit('a');
	const times = [...state.jobs.values()].map(({ workMs }) => workMs);
	expect(new Set(times).size).toBeGreaterThan(10);
	expect(Math.min(...times)).toBeGreaterThanOrEqual(500);
	expect(Math.max(...times)).toBeLessThanOrEqual(1500);
});
