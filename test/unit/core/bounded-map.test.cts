import { BoundedMap } from '../../../nodes/core/boundedMap';

test('the oldest entries are dropped beyond the maximum size', () => {
	const map = new BoundedMap<string, number>(2);
	map.set('a', 1).set('b', 2).set('c', 3);
	expect([...map]).toEqual([
		['b', 2],
		['c', 3],
	]);
});

test('setting a key again makes it the newest; reading it does not', () => {
	const map = new BoundedMap<string, number>(2);
	map.set('a', 1).set('b', 2).set('a', 3);
	expect(map.get('b')).toBe(2);
	map.set('c', 4);
	expect([...map.keys()]).toEqual(['a', 'c']);
});

test('a missing value is created once, and asking for it makes it the newest', () => {
	const map = new BoundedMap<string, object>(2);
	const first = map.getOrCreate('a', () => ({}));
	map.getOrCreate('b', () => ({}));
	expect(map.getOrCreate('a', () => ({}))).toBe(first);
	map.getOrCreate('c', () => ({}));
	expect([...map.keys()]).toEqual(['a', 'c']);
});

test('a key whose value is undefined can be the oldest', () => {
	const map = new BoundedMap<undefined, number>(0);
	map.set(undefined, 1);
	expect(map.size).toBe(0);
});
