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

describe('the rate after a 429', () => {
	/** Ten requests start within a second, and the last of them gets a 429 at once, which asks for no pause. */
	const limited = () => {
		const { clock, limiter } = onClock();
		for (; clock.time < 1_000; clock.time += 100) limiter.recordStart(clock.time);
		clock.time = 900;
		limiter.onRateLimited(900, 0);
		return { clock, limiter };
	};

	test('is seven tenths of what was sent in the last second, and grows by a twentieth each second', () => {
		const { limiter } = limited();
		expect(limiter.nextStart(900)).toBeCloseTo(900 + 1_000 / 7, 6);
		expect(limiter.nextStart(1_900)).toBeCloseTo(900 + 1_000 / (7 * 1.05), 6);
		limiter.recordStart(3_900);
		expect(limiter.nextStart(3_900)).toBeCloseTo(3_900 + 1_000 / (7 * 1.05 ** 3), 6);
	});

	test('does not count what was sent a second ago', () => {
		const { clock, limiter } = onClock();
		limiter.recordStart(0);
		limiter.recordStart(500);
		clock.time = 1_000;
		limiter.onRateLimited(500, 0);
		expect(limiter.nextStart(1_000)).toBeCloseTo(500 + 1_000 / 0.7, 6);
	});

	test('falls from what it was, if more than that was sent', () => {
		const { clock, limiter } = limited();
		clock.time = 901;
		limiter.recordStart(901);
		limiter.onRateLimited(901, 0);
		expect(limiter.nextStart(901)).toBeCloseTo(901 + 1_000 / (0.7 * 7 * 1.05 ** 0.001), 6);
	});

	test('falls to a share of what was sent, if that was less', () => {
		const { clock, limiter } = limited();
		clock.time = 10_000;
		limiter.recordStart(10_000);
		limiter.onRateLimited(10_000, 0);
		expect(limiter.nextStart(10_000)).toBeCloseTo(10_000 + 1_000 / 0.7, 6);
	});

	test('is one request in five seconds at the least, counted from its start even if the answer is slow', () => {
		const { clock, limiter } = onClock();
		for (let index = 0; index < 10; index++) {
			clock.time += 1;
			limiter.recordStart(clock.time);
			limiter.onRateLimited(clock.time, 0);
		}
		expect(limiter.nextStart(10)).toBeCloseTo(10 + 5_000, 6);
		limiter.recordStart(5_010);
		clock.time = 7_010;
		limiter.onRateLimited(5_010, 0);
		expect(limiter.nextStart(7_010)).toBeCloseTo(5_010 + 5_000, 6);
	});

	test('is none any more once it has grown to 500 a second', () => {
		const { limiter } = limited();
		// 7 × 1.05^87 is below 500, 7 × 1.05^88 is above.
		limiter.recordStart(87_900);
		expect(limiter.nextStart(87_900)).toBeGreaterThan(87_902);
		limiter.recordStart(88_900);
		for (let index = 0; index < 499; index++) {
			expect(limiter.nextStart(88_900)).toBe(88_900);
			limiter.recordStart(88_900);
		}
		expect(limiter.nextStart(88_900)).toBe(89_900);
	});
});

test('500 requests in a second: the next one waits for the first of them to be a second old', () => {
	const { limiter } = onClock();
	for (let index = 0; index < 250; index++) limiter.recordStart(20);
	for (let index = 0; index < 250; index++) limiter.recordStart(500);
	expect(limiter.nextStart(600)).toBe(1_020);
	expect(limiter.nextStart(1_020)).toBeLessThanOrEqual(1_020);
	for (let index = 0; index < 250; index++) limiter.recordStart(1_020);
	expect(limiter.nextStart(1_020)).toBe(1_500);
});

test('requests are not scarce before the first 429, not even at the beginning of the clock', () => {
	const { limiter } = onClock();
	expect([limiter.isThrottled(0), limiter.isThrottled(60_000)]).toEqual([false, false]);
	expect(limiter.nextStart(0)).toBe(0);
});

test('a shorter pause does not end a longer one', () => {
	const { clock, limiter } = onClock();
	limiter.onRateLimited(0, 5_000);
	clock.time = 1_000;
	limiter.onRateLimited(500, 2_000);
	expect(limiter.nextStart(1_000)).toBe(5_000);
	limiter.onRateLimited(600, 5_000);
	expect(limiter.nextStart(1_000)).toBe(6_000);
});

test('a request that started at the very moment of a 429 belongs to those under way', () => {
	const pauseAfter = (sentAt: number) => {
		const clock = { time: 1_000 };
		const limiter = createRateLimiter({ now: () => clock.time, random: () => 1 });
		limiter.onRateLimited(900);
		clock.time = 10_000;
		limiter.onRateLimited(sentAt);
		return limiter.nextStart(10_000) - 10_000;
	};
	expect([pauseAfter(1_000), pauseAfter(1_001)]).toEqual([1_000, 2_000]);
});
