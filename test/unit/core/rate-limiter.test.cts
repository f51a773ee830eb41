import { createRateLimiter } from '../../../nodes/core/http/rateLimiter';

/** A rate limiter on a clock that the test sets. Jitter is fixed: back-off pauses have their least length. */
function onClock() {
	const clock = { time: 0 };
	const limiter = createRateLimiter({ now: () => clock.time, random: () => 0 });
	return { clock, limiter };
}

/** Sends whenever it may, to a service that takes a number of requests a second and asks for a pause of one second. */
function sendTo(limitPerSecond: number, seconds: number) {
	const { clock, limiter } = onClock();
	const accepted: number[] = [];
	const bySecond = Array.from({ length: seconds }, () => ({ sent: 0, refused: 0 }));
	for (;;) {
		clock.time = Math.max(clock.time, limiter.nextStart(clock.time));
		const second = bySecond[Math.floor(clock.time / 1_000)];
		if (second === undefined) break;
		limiter.recordStart(clock.time);
		second.sent += 1;
		if (accepted.filter((at) => at > clock.time - 1_000).length < limitPerSecond) {
			accepted.push(clock.time);
			continue;
		}
		second.refused += 1;
		limiter.onRateLimited(clock.time, 1_000);
	}
	const sum = (key: 'sent' | 'refused', from: number) =>
		bySecond.slice(from).reduce((total, second) => total + second[key], 0);
	return { bySecond, sum };
}

test('before the first 429, 500 requests may start in a second, all at once if queued', () => {
	const { bySecond } = sendTo(Infinity, 5);
	expect(bySecond.map(({ sent }) => sent)).toEqual([500, 500, 500, 500, 500]);
	const { clock, limiter } = onClock();
	for (let index = 0; index < 500; index++) {
		expect(limiter.nextStart(10)).toBe(10);
		limiter.recordStart(10);
	}
	expect(limiter.nextStart(10)).toBe(1_010);
	expect(limiter.isThrottled(clock.time)).toBe(false);
});

test.each([2, 10, 40, 100])('a limit of %i a second is found, and mostly used', (limit) => {
	const { sum } = sendTo(limit, 120);
	const accepted = sum('sent', 20) - sum('refused', 20);
	expect(accepted / (100 * limit)).toBeGreaterThan(0.65);
	expect(sum('refused', 20) / sum('sent', 20)).toBeLessThan(0.09);
});

test('a 429 lowers the rate by a third of what was sent, and it recovers', () => {
	const { clock, limiter } = onClock();
	for (let now = 0; now < 1_000; now += 20) limiter.recordStart(now);
	clock.time = 1_000;
	limiter.onRateLimited(1_000, 250);
	const gapAt = (now: number) => {
		limiter.recordStart(now);
		return limiter.nextStart(now) - now;
	};
	expect(gapAt(2_000)).toBeCloseTo(1_000 / (0.7 * 49 * 1.05), 0);
	expect(gapAt(15_000)).toBeCloseTo(1_000 / (0.7 * 49 * 1.05 ** 14), 0);
	expect(gapAt(120_000)).toBe(0);
});

test('however many 429s come, one request in five seconds starts', () => {
	const { clock, limiter } = onClock();
	for (; clock.time < 100; clock.time++) {
		limiter.recordStart(clock.time);
		limiter.onRateLimited(clock.time, 250);
	}
	expect(limiter.nextStart(100) - 99).toBeLessThanOrEqual(5_000);
});

test('the pause is as long as Retry-After says, and 429s of requests under way together count once', () => {
	const { clock, limiter } = onClock();
	for (let index = 0; index < 100; index++) limiter.recordStart(0);
	clock.time = 100;
	for (let index = 0; index < 10; index++) limiter.onRateLimited(0, 5_000);
	expect(limiter.nextStart(100)).toBe(5_100);
	// One decrease: 70 requests a second, no longer an issue five seconds later.
	limiter.recordStart(5_100);
	expect(limiter.nextStart(5_100) - 5_100).toBeLessThan(1_000 / 70);
});

test('requests count as scarce for two minutes after the pause', () => {
	const { clock, limiter } = onClock();
	limiter.onRateLimited(0, 5_000);
	clock.time = 124_999;
	expect(limiter.isThrottled(clock.time)).toBe(true);
	clock.time = 125_000;
	expect(limiter.isThrottled(clock.time)).toBe(false);
});

test('without Retry-After the pause grows while 429s follow one another, and is short again after a success', () => {
	const clock = { time: 0 };
	const limiter = createRateLimiter({ now: () => clock.time, random: () => 1 });
	const pauseAfter429 = () => {
		clock.time += 200_000;
		limiter.onRateLimited(clock.time);
		return limiter.nextStart(clock.time) - clock.time;
	};
	expect([pauseAfter429(), pauseAfter429(), pauseAfter429()]).toEqual([1_000, 2_000, 4_000]);
	limiter.onSuccess();
	expect(pauseAfter429()).toBe(1_000);
});
