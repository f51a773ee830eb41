/**
 * Does a piece of work once for all that ask for the same key. One that fails is forgotten: who comes next tries it
 * again.
 * @param stale a value that has turned out to be of no use any more: it is looked for anew
 */
export type AsyncCache<T> = (key: string, work: () => Promise<T>, stale?: T) => Promise<T>;

/** Remembers one kind of work for one execution, so that many items share it. */
export function createAsyncCache<T>(): AsyncCache<T> {
	const known = new Map<string, Promise<T>>();
	const once: AsyncCache<T> = async (key, work, stale) => {
		const running = known.get(key);
		if (running !== undefined) {
			const value = await running;
			if (value !== stale) return value;
			// Many may find out together: the first of them looks, the others share what it finds.
			if (known.get(key) === running) known.delete(key);
			return await once(key, work, stale);
		}
		const begun = work();
		known.set(key, begun);
		begun.catch(() => known.delete(key));
		return await begun;
	};
	return once;
}
