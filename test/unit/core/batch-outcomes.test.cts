import { CancelledError } from '../../../nodes/core/host';
import { runBatch } from '../../../nodes/core/jobs/batch';
import { json, virtualHost } from '../../support/fakes/virtual-host.cjs';

const setUp = (options: { maxConcurrency?: number; stopOnError?: boolean } = {}) => {
	const host = virtualHost(() => json(200, {}));
	return { host, options: { maxConcurrency: Infinity, stopOnError: false, ...options, host } };
};

const failure = new Error('no');
const skipped = { kind: 'skipped' };

describe('the outcomes', () => {
	test('are in the order of the input, whichever ends first', async () => {
		const { host, options } = setUp();
		const outcomes = await host.run(
			runBatch(3, options, async (index) => {
				await host.sleep((3 - index) * 100, host.signal);
				return index;
			}),
		);
		expect(outcomes).toEqual([0, 1, 2].map((value) => ({ kind: 'done', value })));
	});

	test('hold the error of a task, and those of the others', async () => {
		const { host, options } = setUp({ maxConcurrency: 1 });
		const outcomes = await host.run(
			runBatch(3, options, async (index) => {
				if (index === 1) throw failure;
				return await Promise.resolve(index);
			}),
		);
		expect(outcomes).toEqual([
			{ kind: 'done', value: 0 },
			{ kind: 'failed', error: failure },
			{ kind: 'done', value: 2 },
		]);
	});

	test('of a task that was cancelled is that it was skipped, and the batch goes on', async () => {
		const { host, options } = setUp({ maxConcurrency: 1, stopOnError: true });
		const outcomes = await host.run(
			runBatch(2, options, async (index) => {
				if (index === 0) throw new CancelledError();
				return await Promise.resolve(index);
			}),
		);
		expect(outcomes).toEqual([skipped, { kind: 'done', value: 1 }]);
	});
});

describe('as many tasks run at the same time as allowed', () => {
	test.each([
		[1, 7],
		[3, 3],
		[12, 1],
		[Infinity, 1],
	])('%d: seven take %d rounds of a second', async (maxConcurrency, rounds) => {
		const { host, options } = setUp({ maxConcurrency });
		let running = 0;
		let peak = 0;
		const begun: number[] = [];
		await host.run(
			runBatch(7, options, async (index) => {
				begun.push(index);
				peak = Math.max(peak, ++running);
				await host.sleep(1_000, host.signal);
				running -= 1;
			}),
		);
		expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6]);
		expect(peak).toBe(Math.min(7, maxConcurrency));
		expect(host.now()).toBe(rounds * 1_000);
	});

	test('a slow one does not hold up the others', async () => {
		const { host, options } = setUp({ maxConcurrency: 2 });
		await host.run(
			runBatch(6, options, async (index) => {
				await host.sleep(index === 0 ? 5_000 : 1_000, host.signal);
			}),
		);
		expect(host.now()).toBe(5_000);
	});
});

describe('the first failure with stopOnError', () => {
	test('aborts the others, and none starts after it', async () => {
		const { host, options } = setUp({ maxConcurrency: 2, stopOnError: true });
		const signals: AbortSignal[] = [];
		const outcomes = await host.run(
			runBatch(5, options, async (index, signal) => {
				signals.push(signal);
				await host.sleep(index === 0 ? 100 : 60_000, signal);
				throw failure;
			}),
		);
		expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
		expect(outcomes).toEqual([
			{ kind: 'failed', error: failure },
			...Array.from({ length: 4 }, () => skipped),
		]);
		expect(host.now()).toBe(100);
	});

	test('while tasks are still starting keeps the rest from it', async () => {
		const { host, options } = setUp({ stopOnError: true });
		const begun: number[] = [];
		await host.run(
			runBatch(25, options, async (index) => {
				begun.push(index);
				if (index === 3) throw failure;
				await Promise.resolve();
			}),
		);
		expect(begun).toHaveLength(10);
	});

	test('does not abort them without it', async () => {
		const { host, options } = setUp();
		const outcomes = await host.run(
			runBatch(2, options, async (index, signal) => {
				if (index === 0) throw failure;
				await host.sleep(1_000, signal);
				return signal.aborted;
			}),
		);
		expect(outcomes[1]).toEqual({ kind: 'done', value: false });
	});
});

describe('the forms', () => {
	test.each([1, 10, 11, 25])(
		'of %i tasks have all been read before one may send',
		async (count) => {
			const { host, options } = setUp({ stopOnError: true });
			const read: number[] = [];
			const readBefore: number[] = [];
			await host.run(
				runBatch(count, options, async (index, _signal, validated) => {
					for (let turn = 0; turn < 20; turn++) await Promise.resolve();
					read.push(index);
					await validated;
					readBefore.push(read.length);
				}),
			);
			expect(readBefore).toEqual(Array.from({ length: count }, () => count));
		},
	);

	test('are not waited for without stopOnError', async () => {
		const { host, options } = setUp();
		const given: unknown[] = [];
		await host.run(
			runBatch(1, options, async (_index, _signal, validated) => {
				await Promise.resolve(given.push(validated));
			}),
		);
		expect(given).toEqual([undefined]);
	});
});

describe('the event loop', () => {
	/** How many tasks had begun at each of its turns. */
	const begunByTurn = async (count: number, maxConcurrency = Infinity) => {
		const { host, options } = setUp({ maxConcurrency });
		const seen: number[] = [];
		let begun = 0;
		const watch = (): void =>
			host.at(0, () => {
				seen.push(begun);
				if (seen.length < 4) watch();
			});
		watch();
		await host.run(
			runBatch(count, options, async () => {
				begun += 1;
				await host.sleep(1_000, host.signal);
			}),
		);
		return seen;
	};

	test('gets a turn after each ten tasks, and before none', async () => {
		expect(await begunByTurn(9)).toEqual([9, 9, 9, 9]);
		expect(await begunByTurn(10)).toEqual([10, 10, 10, 10]);
		expect(await begunByTurn(25)).toEqual([10, 20, 25, 25]);
		expect(await begunByTurn(25, 15)).toEqual([10, 15, 15, 15]);
	});

	test('all start before a worker that is free takes a further one', async () => {
		const { host, options } = setUp({ maxConcurrency: 20 });
		const begun: number[] = [];
		await host.run(
			runBatch(30, options, async (index) => {
				await Promise.resolve(begun.push(index));
			}),
		);
		expect(begun).toEqual(Array.from({ length: 30 }, (_none, index) => index));
	});
});

describe('a stop of the execution', () => {
	test('aborts the tasks, and is what the batch ends with', async () => {
		const { host, options } = setUp({ maxConcurrency: 2 });
		host.at(500, () => host.stop());
		const begun: number[] = [];
		const batch = runBatch(5, options, async (index, signal) => {
			begun.push(index);
			await host.sleep(1_000, signal);
		});
		await expect(host.run(batch)).rejects.toMatchObject({ name: 'CancelledError' });
		expect(begun).toEqual([0, 1]);
		expect(host.now()).toBe(500);
	});

	test('also if its tasks do not mind', async () => {
		const { host, options } = setUp();
		host.at(500, () => host.stop());
		const batch = runBatch(1, options, async () => {
			await host.sleep(1_000, new AbortController().signal);
		});
		await expect(host.run(batch)).rejects.toMatchObject({ name: 'CancelledError' });
		expect(host.now()).toBe(1_000);
	});

	test('before the batch keeps all tasks from starting', async () => {
		const { host, options } = setUp();
		host.stop();
		let begun = 0;
		const batch = runBatch(5, options, async () => await Promise.resolve(++begun));
		await expect(host.run(batch)).rejects.toMatchObject({ name: 'CancelledError' });
		expect(begun).toBe(0);
	});
});

test('no task at all is no outcome', async () => {
	const { host, options } = setUp({ stopOnError: true });
	const task = async () => await Promise.reject(failure);
	await expect(host.run(runBatch(0, options, task))).resolves.toEqual([]);
});
