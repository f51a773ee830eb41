import { createCircuitBreaker } from '../../../nodes/core/http/circuitBreaker';

const start = 1_000;
const maxOpenMs = 120_000;

/** A circuit breaker on a clock that the test sets. @param random 0: the shortest pauses, 1: the longest */
function onClock(random = 0) {
	const clock = { time: start };
	const circuit = createCircuitBreaker({ now: () => clock.time, random: () => random });
	/** A submission fails at a moment. */
	const failAt = (time: number, sentAt = time, retryAfterMs?: number) => {
		clock.time = time;
		circuit.recordFailure(sentAt, retryAfterMs);
	};
	/** A submission that is sent and answered at a moment. */
	const succeedAt = (time: number) => {
		clock.time = time;
		circuit.recordSuccess(time);
	};
	const stateAt = (time: number, deadline = Infinity) => circuit.state(time, deadline);
	return { clock, circuit, failAt, succeedAt, stateAt };
}

test('opens with a failure, is half-open during a probe, and closes with an answer', () => {
	const { circuit, clock } = onClock();
	clock.time = 0;
	expect(circuit.state(0, Infinity)).toBe('closed');
	clock.time = 100;
	circuit.recordFailure(50);
	expect(circuit.state(100, Infinity)).toBe('open');
	// A submission at its deadline is sent in any case.
	expect(circuit.state(100, 100)).toBe('closed');
	clock.time = circuit.nextStart(100, Infinity);
	expect(clock.time).toBe(350);
	expect(circuit.recordStart(350, Infinity)).toBe(true);
	expect(circuit.state(350, Infinity)).toBe('half-open');
	circuit.releaseProbe();
	expect(circuit.state(350, Infinity)).toBe('open');
	// It was sent before the failure, so it proves nothing.
	circuit.recordSuccess(80);
	expect(circuit.state(350, Infinity)).toBe('open');
	circuit.recordSuccess(350);
	expect(circuit.state(350, Infinity)).toBe('closed');
});

test('while it is closed, submissions start at once, and none is a probe', () => {
	const { circuit, failAt, stateAt } = onClock();
	expect(circuit.nextStart(start, Infinity)).toBe(start);
	expect(circuit.recordStart(start, Infinity)).toBe(false);
	failAt(start);
	expect(stateAt(start)).toBe('open');
	// At its deadline a submission is none either.
	expect(circuit.recordStart(start, start)).toBe(false);
	expect(stateAt(start)).toBe('open');
});

test('the first request of all may fail at the beginning of the clock', () => {
	const { failAt, stateAt } = onClock();
	failAt(0);
	expect(stateAt(0)).toBe('open');
});

test('it stays open until two minutes after the first failure, or until the deadline of the submission', () => {
	const { circuit, failAt, stateAt } = onClock();
	failAt(start, start, 600_000);
	expect(stateAt(start + maxOpenMs - 1)).toBe('open');
	expect(stateAt(start + maxOpenMs)).toBe('closed');
	expect(stateAt(1_999, 2_000)).toBe('open');
	expect(stateAt(2_000, 2_000)).toBe('closed');
	expect(circuit.nextStart(start, Infinity)).toBe(start + maxOpenMs);
	expect(circuit.nextStart(start, 2_000)).toBe(2_000);
});

test('during a probe the others wait for its outcome, or for their deadlines', () => {
	const { circuit, failAt } = onClock();
	failAt(start);
	expect(circuit.recordStart(1_250, Infinity)).toBe(true);
	expect(circuit.nextStart(1_250, Infinity)).toBe(start + maxOpenMs);
	expect(circuit.nextStart(1_250, 5_000)).toBe(5_000);
});

test('the pause before a probe grows with each failure, and never beyond a deadline', () => {
	const { circuit, clock, failAt } = onClock(1);
	const pauses = [0, 1, 2].map(() => {
		failAt(clock.time + 1);
		return circuit.nextStart(clock.time, Infinity) - clock.time;
	});
	expect(pauses).toEqual([1_000, 2_000, 4_000]);
	expect(circuit.nextStart(clock.time, clock.time + 3_999)).toBe(clock.time + 3_999);
});

test('an answer makes the next pause short again', () => {
	const { circuit, failAt, succeedAt } = onClock(1);
	failAt(1_001);
	failAt(2_001);
	succeedAt(4_001);
	failAt(4_002);
	expect(circuit.nextStart(4_002, Infinity)).toBe(5_002);
});

test('of the pause of the back-off and the one that the API asks for, the longer counts', () => {
	const asked = (retryAfterMs: number) => {
		const { circuit, failAt } = onClock(1);
		failAt(start, start, retryAfterMs);
		return circuit.nextStart(start, Infinity) - start;
	};
	expect(asked(400)).toBe(1_000);
	expect(asked(7_000)).toBe(7_000);
});

test('submissions that were sent before a failure was known count as one, and prove nothing', () => {
	const { circuit, clock, failAt, stateAt } = onClock(1);
	failAt(2_000, 1_500);
	failAt(2_100, 1_900);
	// At the very moment of the failure, too.
	failAt(2_200, 2_000);
	expect(circuit.nextStart(2_200, Infinity)).toBe(3_000);
	clock.time = 2_300;
	circuit.recordSuccess(2_000);
	expect(stateAt(2_300)).toBe('open');
	circuit.recordSuccess(2_001);
	expect(stateAt(2_300)).toBe('closed');
});

describe('the two minutes', () => {
	test('are counted from the first of the failures that follow one another', () => {
		const { failAt, stateAt } = onClock();
		failAt(10_000);
		failAt(60_000);
		expect(stateAt(10_000 + maxOpenMs - 1)).toBe('open');
		expect(stateAt(10_000 + maxOpenMs)).toBe('closed');
	});

	test('are for all outages together; the time between them does not count', () => {
		const { failAt, succeedAt, stateAt } = onClock();
		failAt(10_000);
		succeedAt(40_000);
		// Closed already: this takes nothing away.
		succeedAt(50_000);
		failAt(60_000);
		// 30 seconds are used up.
		expect(stateAt(60_000 + 89_999)).toBe('open');
		expect(stateAt(60_000 + 90_000)).toBe('closed');
	});

	test('once used up, a failure does not open the circuit', () => {
		const { failAt, succeedAt, stateAt } = onClock();
		failAt(10_000);
		// Submissions that reached their deadlines went on failing, so this is no time without a failure.
		failAt(100_000);
		succeedAt(140_000);
		failAt(150_000);
		expect(stateAt(150_000)).toBe('closed');
	});

	test('are there again after two minutes without a failure, asked pauses not counted', () => {
		const outage = (nextFailureAt: number) => {
			const { circuit, failAt, succeedAt, stateAt } = onClock(1);
			failAt(10_000);
			failAt(20_000, 20_000, 30_000);
			succeedAt(60_000);
			failAt(nextFailureAt);
			return {
				isOpen: (ms: number) => stateAt(nextFailureAt + ms) === 'open',
				pauseMs: circuit.nextStart(nextFailureAt, Infinity) - nextFailureAt,
			};
		};
		// The pause that the API asked for ended at 50,000, and 50 seconds were used up.
		const within = outage(50_000 + 120_000);
		expect([within.isOpen(69_999), within.isOpen(70_000)]).toEqual([true, false]);
		const after = outage(50_000 + 120_001);
		expect([after.isOpen(119_999), after.isOpen(120_000)]).toEqual([true, false]);
		expect([within.pauseMs, after.pauseMs]).toEqual([1_000, 1_000]);
	});

	test('begin anew with a failure after them, even if nothing was answered in between', () => {
		const { circuit, failAt, stateAt } = onClock(1);
		failAt(10_000);
		failAt(20_000);
		// The pause after the second failure is two seconds.
		failAt(142_001);
		expect(circuit.nextStart(142_001, Infinity)).toBe(143_001);
		expect(stateAt(142_001 + maxOpenMs - 1)).toBe('open');
		expect(stateAt(142_001 + maxOpenMs)).toBe('closed');
	});
});
