import { createCoalescingTimer, type Due } from '../../../nodes/core/coalescingTimer';
import { CancelledError } from '../../../nodes/core/host';
import { json, seededRandom, virtualHost } from '../../support/fakes/virtual-host.cjs';

const never = new AbortController().signal;
/** May wake with others. */
const due = (moment: number): Due => ({ dueAt: moment, earliestAt: 0 });
const exactly = (moment: number): Due => ({ dueAt: moment, earliestAt: moment });
const idle = () => virtualHost(() => json(200, {}));

test('a thousand waits end at their moments, in order, and cost one timer', async () => {
	const host = idle();
	const timer = createCoalescingTimer(host);
	const random = seededRandom(3);
	const moments = Array.from({ length: 1_000 }, () => Math.round(random() * 60_000));
	const woken: Array<[number, number]> = [];
	let mostTimers = 0;
	const sleeping = Promise.all(
		moments.map(async (moment) => {
			await timer.wait(due(moment), never);
			mostTimers = Math.max(mostTimers, host.pending());
			woken.push([moment, host.now()]);
		}),
	);
	await host.run(sleeping);
	expect(woken).toHaveLength(1_000);
	for (const [moment, now] of woken) {
		expect(now).toBeLessThanOrEqual(moment);
		expect(now).toBeGreaterThanOrEqual(moment - 50);
	}
	const inOrder = moments.toSorted((left, right) => left - right);
	expect(woken.map(([moment]) => moment)).toEqual(inOrder);
	expect(mostTimers).toBe(1);
	expect(host.pending()).toBe(0);
});

test('more waits than a call may have arguments', async () => {
	const host = idle();
	const timer = createCoalescingTimer(host);
	const waits = Array.from({ length: 150_000 }, async () => await timer.wait(due(1_000), never));
	await host.run(Promise.all(waits));
	expect(host.now()).toBe(1_000);
});

test('what is due within 50 ms wakes with the first, what is due later does not', async () => {
	const host = idle();
	const timer = createCoalescingTimer(host);
	const woken: number[] = [];
	await host.run(
		Promise.all(
			[1_050, 1_000, 1_051, 1_101].map(
				async (moment) => await timer.wait(due(moment), never).then(() => woken.push(host.now())),
			),
		),
	);
	expect(woken).toEqual([1_000, 1_000, 1_051, 1_051]);
});

test('nothing wakes before its earliest moment', async () => {
	const host = idle();
	const timer = createCoalescingTimer(host);
	const woken: number[] = [];
	await host.run(
		Promise.all(
			[due(1_000), exactly(1_020), exactly(1_010), due(1_030), exactly(1_061)].map(
				async (one) => await timer.wait(one, never).then(() => woken.push(host.now())),
			),
		),
	);
	expect(woken).toEqual([1_000, 1_000, 1_010, 1_020, 1_061]);
	expect(host.pending()).toBe(0);
});

test('one that is added later and due earlier wakes in time', async () => {
	const host = idle();
	const timer = createCoalescingTimer(host);
	const late = timer.wait(due(10_000), never);
	host.at(1_000, () => void timer.wait(due(2_000), never).then(() => woken.push(host.now())));
	const woken: number[] = [];
	await host.run(late);
	expect(woken).toEqual([2_000]);
	expect(host.now()).toBe(10_000);
});

test('of those due at the same moment, the first to be added wakes first', async () => {
	const host = idle();
	const timer = createCoalescingTimer(host);
	const order: number[] = [];
	await host.run(
		Promise.all(
			[0, 1, 2].map(
				async (index) => await timer.wait(due(500), never).then(() => order.push(index)),
			),
		),
	);
	expect(order).toEqual([0, 1, 2]);
});

test('a moment that has passed wakes at once', async () => {
	const host = idle();
	await host.run(createCoalescingTimer(host).wait(due(-5), never));
	expect(host.now()).toBe(0);
});

test('an abort ends its own waits at once, and leaves no timer behind', async () => {
	const host = idle();
	const timer = createCoalescingTimer(host);
	const own = new AbortController();
	const stopped = timer.wait(due(5_000), own.signal).catch((error: unknown) => error);
	const other = timer.wait(due(9_000), never);
	host.at(1_000, () => own.abort());
	await expect(host.run(stopped)).resolves.toBeInstanceOf(CancelledError);
	expect(host.now()).toBe(1_000);
	await host.run(other);
	expect(host.now()).toBe(9_000);
	expect(host.pending()).toBe(0);
	await expect(timer.wait(due(20_000), own.signal)).rejects.toBeInstanceOf(CancelledError);
	const last = new AbortController();
	const only = timer.wait(due(20_000), last.signal).catch((error: unknown) => error);
	host.at(9_500, () => last.abort());
	await host.run(only);
	await host.run(Promise.resolve());
	expect(host.pending()).toBe(0);
});

test('one whose earliest moment is after its due moment wakes at the former', async () => {
	const host = idle();
	await host.run(createCoalescingTimer(host).wait({ dueAt: 5, earliestAt: 70 }, never));
	expect(host.now()).toBe(70);
});
