import { DeadlineQueue } from '../../../nodes/core/http/deadlineQueue';

const item = (name: string, deadline: number) => ({ name, deadline });
type Item = ReturnType<typeof item>;

const queueOf = (...items: Item[]) => {
	const queue = new DeadlineQueue<Item>();
	for (const one of items) queue.add(one);
	return queue;
};
const names = (items: Iterable<Item>) => [...items].map(({ name }) => name);

test('an empty queue has nothing that is due', () => {
	expect(queueOf().removeDueBefore(Infinity)).toEqual([]);
});

test('items stay in order of arrival, whatever their deadlines', () => {
	const queue = queueOf(item('late', 300), item('early', 100), item('middle', 200));
	expect(names(queue)).toEqual(['late', 'early', 'middle']);
	expect(queue.size).toBe(3);
});

test('what is due before a moment is removed, in order of arrival; a deadline at that moment can be met', () => {
	const queue = queueOf(item('third', 300), item('second', 200), item('first', 100));
	expect(names(queue.removeDueBefore(100))).toEqual([]);
	expect(names(queue.removeDueBefore(201))).toEqual(['second', 'first']);
	expect(names(queue)).toEqual(['third']);
});

test('each item is removed when it is due, however many were before', () => {
	const queue = queueOf(item('third', 300), item('first', 100), item('fourth', 400));
	expect(names(queue.removeDueBefore(101))).toEqual(['first']);
	queue.add(item('second', 200));
	expect(names(queue.removeDueBefore(201))).toEqual(['second']);
	expect(names(queue.removeDueBefore(301))).toEqual(['third']);
	expect(names(queue.removeDueBefore(401))).toEqual(['fourth']);
	expect(queue.size).toBe(0);
});

test('an item without a deadline is never due', () => {
	const queue = queueOf(item('patient', Infinity), item('first', 100));
	expect(names(queue.removeDueBefore(Infinity))).toEqual(['first']);
	expect(names(queue.removeDueBefore(Infinity))).toEqual([]);
	expect(names(queue)).toEqual(['patient']);
});

test('a queue is not searched while nothing in it can be due', () => {
	let reads = 0;
	const queue = new DeadlineQueue<{ readonly deadline: number }>();
	for (const deadline of [100, 200, 300]) {
		queue.add({
			get deadline() {
				reads += 1;
				return deadline;
			},
		});
	}
	reads = 0;
	queue.removeDueBefore(99);
	queue.removeDueBefore(100);
	expect(reads).toBe(0);
	expect(queue.removeDueBefore(101)).toHaveLength(1);
	reads = 0;
	queue.removeDueBefore(200);
	expect(reads).toBe(0);
});
