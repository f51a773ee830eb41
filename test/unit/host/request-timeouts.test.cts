import { startTimeout } from '../../../nodes/host/requestTimeouts';

beforeEach(() => jest.useFakeTimers());
afterEach(async () => {
	await jest.advanceTimersByTimeAsync(60_000);
	jest.useRealTimers();
});

const pass = async (ms: number) => await jest.advanceTimersByTimeAsync(ms);

test.each([1, 700, 1_000, 1_001, 30_000, 30_700])('a limit of %d ms ends then', async (ms) => {
	const expire = jest.fn();
	startTimeout(ms, expire);
	await pass(ms - 1);
	expect(expire).not.toHaveBeenCalled();
	await pass(1);
	expect(expire).toHaveBeenCalledTimes(1);
	await pass(60_000);
	expect(expire).toHaveBeenCalledTimes(1);
});

test('a short limit that begins while a long one runs ends in time', async () => {
	const [long, short] = [jest.fn(), jest.fn()];
	startTimeout(30_000, long);
	await pass(100);
	startTimeout(500, short);
	await pass(500);
	expect(short).toHaveBeenCalledTimes(1);
	expect(long).not.toHaveBeenCalled();
});

test('what has been taken back never ends', async () => {
	const expire = jest.fn();
	for (const ms of [300, 5_000]) startTimeout(ms, expire)();
	await pass(60_000);
	expect(expire).not.toHaveBeenCalled();
});

test('a thousand requests share one timer, which is gone a second after the last', async () => {
	const ends = Array.from({ length: 1_000 }, () => startTimeout(30_000, () => undefined));
	expect(jest.getTimerCount()).toBe(1);
	await pass(10_000);
	expect(jest.getTimerCount()).toBe(1);
	for (const end of ends) end();
	await pass(1_000);
	expect(jest.getTimerCount()).toBe(0);
});
