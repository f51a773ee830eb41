import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Dispatcher } from '../../src/jobs/dispatcher.mts';
import type { Claim, Queue } from '../../src/jobs/queue.mts';

/** A queue in memory, and runs that end when the test says so. */
function setUp(entries: number, capacity: number, readAhead = 0) {
	const waiting = Array.from({ length: entries }, (_, index) => ({
		id: String(index),
		retryCount: 0,
		data: {},
	}));
	const asked: number[] = [];
	const ends = new Map<string, () => void>();
	const queue: Pick<Queue, 'name' | 'take' | 'touch'> = {
		name: 'test',
		take: async (count) => {
			asked.push(count);
			return waiting.splice(0, count);
		},
		touch: async () => {},
	};
	const dispatcher = new Dispatcher({
		queue,
		readAhead,
		capacity: () => capacity,
		run: async (claim: Claim) => await new Promise<void>((resolve) => ends.set(claim.id, resolve)),
		onError: (error) => assert.fail(String(error)),
	});
	const end = async (id: string): Promise<void> => {
		ends.get(id)?.();
		ends.delete(id);
		await settled();
	};
	return { dispatcher, asked, waiting, end, running: () => [...ends.keys()] };
}

const settled = async (): Promise<void> => {
	for (let turns = 0; turns < 10; turns += 1) await turn();
};

describe('the dispatcher', () => {
	it('runs as many as there is room for, and takes the next when one ends', async () => {
		const { dispatcher, end, running } = setUp(4, 2);
		dispatcher.start();
		await settled();
		assert.deepEqual(running(), ['0', '1']);
		await end('0');
		assert.deepEqual(running(), ['1', '2']);
		await end('2');
		assert.deepEqual(running(), ['1', '3']);
		await end('1');
		await end('3');
		await dispatcher.stop(0);
	});

	it('looks at the queue once for several, where it may take ahead', async () => {
		const { dispatcher, asked, end, running } = setUp(5, 2, 2);
		dispatcher.start();
		await settled();
		assert.deepEqual(asked, [4]);
		for (const id of ['0', '1', '2']) await end(id);
		assert.deepEqual(running(), ['3', '4'], 'none of the places stays empty');
		await end('3');
		await end('4');
		await dispatcher.stop(0);
	});

	it('is woken by news, and by nothing else while it is idle', async () => {
		const { dispatcher, waiting, asked, end, running } = setUp(0, 1);
		dispatcher.start();
		await settled();
		assert.deepEqual(asked, [1]);
		waiting.push({ id: 'new', retryCount: 0, data: {} });
		dispatcher.wake();
		await settled();
		assert.deepEqual(running(), ['new']);
		await end('new');
		await dispatcher.stop(0);
	});

	it('takes nothing more once it is told to stop', async () => {
		const { dispatcher, end, running } = setUp(3, 1);
		dispatcher.start();
		await settled();
		const stopped = dispatcher.stop(60_000);
		await end('0');
		await stopped;
		assert.deepEqual(running(), []);
	});
});
