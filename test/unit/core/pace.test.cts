import { createPace } from '../../../nodes/core/http/pace';

/** Sends whenever the pace allows, to a service that takes so many a second and asks for a pause of one when refusing. */
function sendTo(limitPerSecond: number, seconds: number) {
	const pace = createPace();
	const taken: number[] = [];
	const bySecond = Array.from({ length: seconds }, () => ({ sent: 0, refused: 0 }));
	for (let now = 0; now < seconds * 1_000; now = Math.max(now, pace.next(now))) {
		const second = bySecond[Math.floor(now / 1_000)];
		if (second === undefined) break;
		pace.left(now);
		second.sent += 1;
		if (taken.filter((at) => at > now - 1_000).length < limitPerSecond) {
			taken.push(now);
			continue;
		}
		second.refused += 1;
		pace.refused(now);
		now += 1_000;
	}
	const sum = (key: 'sent' | 'refused', from: number) =>
		bySecond.slice(from).reduce((total, one) => total + one[key], 0);
	return { bySecond, sum };
}

test('before any refusal at most 500 requests leave in a second, at once if they are there', () => {
	const { bySecond } = sendTo(Infinity, 5);
	expect(bySecond.map(({ sent }) => sent)).toEqual([500, 500, 500, 500, 500]);
	const pace = createPace();
	for (let index = 0; index < 500; index++) {
		expect(pace.next(10)).toBe(10);
		pace.left(10);
	}
	expect(pace.next(10)).toBe(1_010);
});

test.each([2, 10, 40, 100])('a limit of %i a second is found, and mostly used', (limit) => {
	const { sum } = sendTo(limit, 120);
	const taken = sum('sent', 20) - sum('refused', 20);
	expect(taken / (100 * limit)).toBeGreaterThan(0.65);
	expect(sum('refused', 20) / sum('sent', 20)).toBeLessThan(0.09);
});

test('a refusal takes it down by a third of what was sent, and it grows back', () => {
	const pace = createPace();
	for (let now = 0; now < 1_000; now += 20) pace.left(now);
	pace.refused(1_000);
	const pauseAt = (now: number) => {
		pace.left(now);
		return pace.next(now) - now;
	};
	expect(pauseAt(1_000)).toBeCloseTo(1_000 / (0.7 * 49), 0);
	expect(pauseAt(15_000)).toBeCloseTo(1_000 / (0.7 * 49 * 1.05 ** 14), 0);
	expect(pauseAt(120_000)).toBe(0);
});

test('however often it is refused, one request in five seconds leaves', () => {
	const pace = createPace();
	for (let now = 0; now < 100; now++) {
		pace.left(now);
		pace.refused(now);
	}
	expect(pace.next(100) - 99).toBeLessThanOrEqual(5_000);
});
