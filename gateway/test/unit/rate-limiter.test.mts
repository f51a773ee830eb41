import assert from 'node:assert/strict';
import { it } from 'node:test';
import { RateLimiter } from '../../src/keys/rate-limiter.mts';

it('allows a minute’s requests at once, then one at a time', () => {
	let now = 0;
	const limiter = new RateLimiter(() => now);
	for (let count = 0; count < 60; count += 1) assert.equal(limiter.acquire('a', 60), 0);
	assert.equal(limiter.acquire('a', 60), 1_000);
	assert.equal(limiter.acquire('b', 60), 0, 'another key');
	now = 999;
	assert.equal(limiter.acquire('a', 60), 1);
	now = 1_000;
	assert.equal(limiter.acquire('a', 60), 0);
	assert.equal(limiter.acquire('a', 60), 1_000);
	now = 3_600_000;
	for (let count = 0; count < 60; count += 1) assert.equal(limiter.acquire('a', 60), 0);
	assert.ok(limiter.acquire('a', 60) > 0, 'no more than a minute’s requests are saved up');
});

it('limits nothing without a limit', () => {
	const limiter = new RateLimiter(() => 0);
	for (let count = 0; count < 1_000; count += 1) assert.equal(limiter.acquire('a', undefined), 0);
});
