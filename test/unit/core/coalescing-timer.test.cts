import { createCoalescingTimer, type Due } from '../../../nodes/core/coalescingTimer';
import { CancelledError } from '../../../nodes/core/host';
import { json, seededRandom, virtualHost } from '../../support/fakes/virtual-host.cjs';

const never = new AbortController().signal;
/** When others are due, it may be woken with them. */
const due = (moment: number): Due => ({ dueAt: moment, earliestAt: 0 });
const exactly = (moment: number): Due => ({ dueAt: moment, earliestAt: moment });
const idle = () => virtualHost(() => json(200, {}));

test('a thousand sleepers wake at their moments, in order, and cost one timer', async () => {
	const host = idle();
	const alarm = createCoalescingTimer(host);
	const random = seededRandom(3);
	const moments = Array.from({ length: 1_000 }, () => Math.round(random() * 60_000));
	const woken: Array<[number, number]> = [];
	let mostTimers = 0;
	const sleeping = Promise.all(
		moments.map(async (moment) => {
			await alarm.wait(due(moment), never);
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

test('who is due within 50 ms wakes with the first, who is due later does not', async () => {
	const host = idle();
	const alarm = createCoalescingTimer(host);
	const woken: number[] = [];
	await host.run(
		Promise.all(
			[1_050, 1_000, 1_051, 1_101].map(
				async (moment) => await alarm.wait(due(moment), never).then(() => woken.push(host.now())),
			),
		),
	);
	expect(woken).toEqual([1_000, 1_000, 1_051, 1_051]);
});

test('but never before the moment that was promised', async () => {
	const host = idle();
	const alarm = createCoalescingTimer(host);
	const woken: number[] = [];
	await host.run(
		Promise.all(
			[due(1_000), exactly(1_020), exactly(1_010), due(1_030), exactly(1_061)].map(
				async (one) => await alarm.wait(one, never).then(() => woken.push(host.now())),
			),
		),
	);
	expect(woken).toEqual([1_000, 1_000, 1_010, 1_020, 1_061]);
	expect(host.pending()).toBe(0);
});

test('who comes later and wakes earlier is woken in time', async () => {
	const host = idle();
	const alarm = createCoalescingTimer(host);
	const late = alarm.wait(due(10_000), never);
	host.at(1_000, () => void alarm.wait(due(2_000), never).then(() => woken.push(host.now())));
	const woken: number[] = [];
	await host.run(late);
	expect(woken).toEqual([2_000]);
	expect(host.now()).toBe(10_000);
});

test('of those who wake at the same moment, the first to come is the first', async () => {
	const host = idle();
	const alarm = createCoalescingTimer(host);
	const order: number[] = [];
	await host.run(
		Promise.all(
			[0, 1, 2].map(async (who) => await alarm.wait(due(500), never).then(() => order.push(who))),
		),
	);
	expect(order).toEqual([0, 1, 2]);
});

test('a moment that has passed is no wait', async () => {
	const host = idle();
	await host.run(createCoalescingTimer(host).wait(due(-5), never));
	expect(host.now()).toBe(0);
});

test('a stop wakes its own sleepers at once, and leaves no timer behind', async () => {
	const host = idle();
	const alarm = createCoalescingTimer(host);
	const own = new AbortController();
	const stopped = alarm.wait(due(5_000), own.signal).catch((error: unknown) => error);
	const other = alarm.wait(due(9_000), never);
	host.at(1_000, () => own.abort());
	await expect(host.run(stopped)).resolves.toBeInstanceOf(CancelledError);
	expect(host.now()).toBe(1_000);
	await host.run(other);
	expect(host.now()).toBe(9_000);
	expect(host.pending()).toBe(0);
	await expect(alarm.wait(due(20_000), own.signal)).rejects.toBeInstanceOf(CancelledError);
	const last = new AbortController();
	const only = alarm.wait(due(20_000), last.signal).catch((error: unknown) => error);
	host.at(9_500, () => last.abort());
	await host.run(only);
	await host.run(Promise.resolve());
	expect(host.pending()).toBe(0);
});

test('who sleeps may be moved: to an earlier moment, to a later one, or awake at once', async () => {
	const host = idle();
	const alarm = createCoalescingTimer(host);
	const woken: Record<string, number> = {};
	const taken: string[] = [];
	const sleep = async (who: string, at: number, movedAt: number, to: number) =>
		await alarm
			.wait(due(at), never, (move) => {
				host.at(movedAt, () => move(due(to)));
				return () => taken.push(who);
			})
			.then(() => (woken[who] = host.now()));
	await host.run(
		Promise.all([
			sleep('earlier', 9_000, 1_000, 2_000),
			sleep('later', 3_000, 1_500, 5_000),
			sleep('at once', 8_000, 4_000, 0),
			sleep('too late', 500, 600, 7_000),
		]),
	);
	expect(woken).toEqual({ earlier: 2_000, later: 5_000, 'at once': 4_000, 'too late': 500 });
	expect(taken.sort()).toEqual(['at once', 'earlier', 'later', 'too late']);
	expect(host.pending()).toBe(0);
});
