import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Batch } from '../../src/store/batch.mts';

describe('a batch', () => {
	it('does together what is asked for meanwhile, and gives each its own result', async () => {
		const runs: number[][] = [];
		const batch = new Batch<number, number>(async (items) => {
			runs.push([...items]);
			return items.map((item) => item * 2);
		});
		const results = await Promise.all([1, 2, 3].map(async (item) => await batch.add(item)));
		assert.deepEqual(results, [2, 4, 6]);
		assert.deepEqual(runs, [[1, 2, 3]]);
		assert.equal(await batch.add(4), 8);
		assert.equal(runs.length, 2);
	});

	it('starts the next one only when the last is over', async () => {
		let running = 0;
		let most = 0;
		const batch = new Batch<number, number>(async (items) => {
			running += 1;
			most = Math.max(most, running);
			await new Promise((resolve) => setTimeout(resolve, 5));
			running -= 1;
			return items;
		});
		const first = batch.add(1);
		await new Promise((resolve) => setTimeout(resolve, 1));
		await Promise.all([first, batch.add(2), batch.add(3)]);
		assert.equal(most, 1);
	});

	it('refuses only the item that cannot be done', async () => {
		const batch = new Batch<string, string>(async (items) => {
			if (items.includes('bad')) throw new Error('cannot be done');
			return items.map((item) => `${item} done`);
		});
		const [one, bad, two] = await Promise.allSettled(
			['one', 'bad', 'two'].map(async (item) => await batch.add(item)),
		);
		assert.deepEqual(one, { status: 'fulfilled', value: 'one done' });
		assert.equal(bad?.status, 'rejected');
		assert.deepEqual(two, { status: 'fulfilled', value: 'two done' });
	});
});
