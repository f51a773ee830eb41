import { createLimiter } from '../../../nodes/core/http/limiter';
import { CancelledError } from '../../../nodes/core/host';

const never = new AbortController().signal;
const turn = async () => await new Promise((resolve) => setImmediate(resolve));

/** Tasks that run until they are told to end, and the order in which they began. */
function tasks() {
	const began: string[] = [];
	const ends = new Map<string, () => void>();
	const task = (name: string) => async () => {
		began.push(name);
		await new Promise<void>((resolve) => ends.set(name, resolve));
		return name;
	};
	const end = async (name: string) => {
		ends.get(name)?.();
		await turn();
	};
	return { began, task, end };
}

test('so many run at once, the others in the order in which they came, whatever becomes of those before', async () => {
	const { began, task, end } = tasks();
	const limiter = createLimiter(2);
	const failing = limiter(async () => {
		await task('first')();
		throw new Error('no');
	}, never).catch((error: unknown) => String(error));
	const others = ['second', 'third', 'fourth'].map(
		async (name) => await limiter(task(name), never),
	);
	await turn();
	expect(began).toEqual(['first', 'second']);
	await end('first');
	await expect(failing).resolves.toBe('Error: no');
	expect(began).toEqual(['first', 'second', 'third']);
	await end('second');
	expect(began.at(-1)).toBe('fourth');
	await end('third');
	await end('fourth');
	await expect(Promise.all(others)).resolves.toEqual(['second', 'third', 'fourth']);
});

test('who is urgent goes before those in line that are not, and behind other urgent ones', async () => {
	const { began, task, end } = tasks();
	const limiter = createLimiter(1);
	const all = [
		limiter(task('runs'), never),
		limiter(task('usual'), never),
		limiter(task('urgent'), never, 'starts'),
		limiter(task('urgent too'), never, 'starts'),
	];
	for (const name of ['runs', 'urgent', 'urgent too', 'usual']) {
		await turn();
		expect(began.at(-1)).toBe(name);
		await end(name);
	}
	await Promise.all(all);
});

test('who is stopped leaves the line, and takes no place', async () => {
	const { began, task, end } = tasks();
	const limiter = createLimiter(1);
	const stop = new AbortController();
	const runs = limiter(task('runs'), never);
	const stopped = limiter(task('stopped'), stop.signal).catch((error: unknown) => error);
	const waits = limiter(task('waits'), never);
	await turn();
	stop.abort();
	await expect(stopped).resolves.toBeInstanceOf(CancelledError);
	await end('runs');
	expect(began).toEqual(['runs', 'waits']);
	await end('waits');
	await Promise.all([runs, waits]);
	await expect(limiter(task('late'), stop.signal)).rejects.toBeInstanceOf(CancelledError);
	expect(began).toHaveLength(2);
});

test('who has waited too long is let in at once, wherever it stands; the others are not gone through each time', async () => {
	let now = 0;
	let asked = 0;
	const isOver = (deadline: number) => {
		asked += 1;
		return now > deadline;
	};
	const limiter = createLimiter(1, undefined, isOver);
	const { began, task, end } = tasks();
	const runs = limiter(task('runs'), never);
	const all = Array.from({ length: 1_000 }, async (_none, index) => {
		const deadline = index % 100 === 99 ? 5 : 10;
		await limiter(task(`${index}`), never, 'starts', deadline);
	});
	await turn();
	now = 6;
	await end('runs');
	expect(began.slice(1, 11)).toEqual([
		'99',
		'199',
		'299',
		'399',
		'499',
		'599',
		'699',
		'799',
		'899',
		'999',
	]);
	asked = 0;
	for (let index = 1; index < began.length; index++) await end(began[index] ?? '');
	await Promise.all([runs, ...all]);
	expect(began).toHaveLength(1_001);
	expect(asked).toBeLessThan(1_100);
});
