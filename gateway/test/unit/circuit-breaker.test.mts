import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CircuitBreaker } from '../../src/jobs/circuit-breaker.mts';

function atTime() {
	const clock = { ms: 0 };
	return { clock, breaker: new CircuitBreaker(() => clock.ms) };
}

describe('the circuit breaker', () => {
	it('opens at once when the engine is not ready, and lets one probe through after a second', () => {
		const { clock, breaker } = atTime();
		breaker.recordNotReady();
		assert.equal(breaker.state, 'open');
		assert.equal(breaker.tryAcquire(), false);
		clock.ms = 999;
		assert.equal(breaker.tryAcquire(), false);
		clock.ms = 1_000;
		assert.equal(breaker.tryAcquire(), true);
		assert.equal(breaker.tryAcquire(), false, 'a second probe');
		breaker.recordSuccess();
		assert.equal(breaker.state, 'closed');
	});

	it('waits twice as long each time, up to half a minute', () => {
		const { clock, breaker } = atTime();
		const waits: number[] = [];
		for (let times = 0; times < 8; times += 1) {
			breaker.recordNotReady();
			waits.push(breaker.waitMs);
			clock.ms += breaker.waitMs;
			assert.ok(breaker.tryAcquire());
		}
		assert.deepEqual(waits, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
	});

	it('waits as long as the engine asks, up to five minutes', () => {
		const { breaker } = atTime();
		breaker.recordNotReady(45_000);
		assert.equal(breaker.waitMs, 45_000);
		const other = atTime().breaker;
		other.recordNotReady(86_400_000);
		assert.equal(other.waitMs, 300_000);
	});

	it('opens after five failures in a row', () => {
		const { breaker } = atTime();
		for (let times = 0; times < 4; times += 1) breaker.recordFailure();
		breaker.recordSuccess();
		for (let times = 0; times < 4; times += 1) breaker.recordFailure();
		assert.equal(breaker.state, 'closed');
		breaker.recordFailure();
		assert.equal(breaker.state, 'open');
	});

	it('opens again when the probe fails', () => {
		const { clock, breaker } = atTime();
		breaker.recordNotReady();
		clock.ms = 1_000;
		breaker.tryAcquire();
		breaker.recordFailure();
		assert.equal(breaker.state, 'open');
		assert.equal(breaker.waitMs, 2_000);
	});

	it('is not opened further by jobs that were under way when it opened', () => {
		const { breaker } = atTime();
		breaker.recordNotReady();
		breaker.recordNotReady();
		assert.equal(breaker.waitMs, 1_000);
	});

	it('gives the next job the probe when one ended without telling anything', () => {
		const { clock, breaker } = atTime();
		breaker.recordNotReady();
		clock.ms = 1_000;
		breaker.tryAcquire();
		breaker.releaseProbe();
		assert.equal(breaker.tryAcquire(), true);
	});
});
