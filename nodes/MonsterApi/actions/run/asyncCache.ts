/**
 * Returns the value of a key, loading it once for all concurrent callers. A failed load is not cached.
 * @param stale a value that turned out to be out of date: it is loaded again
 */
export type AsyncCache<T> = (key: string, load: () => Promise<T>, stale?: T) => Promise<T>;

/** Creates the cache of one execution, which all its items share. */
export function createAsyncCache<T>(): AsyncCache<T> {
	const entries = new Map<string, Promise<T>>();
	const get: AsyncCache<T> = async (key, load, stale) => {
		const cached = entries.get(key);
		if (cached !== undefined) {
			const value = await cached;
			if (value !== stale) return value;
			// Several callers may find out together: the first of them loads, the others share its result.
			if (entries.get(key) === cached) entries.delete(key);
			return await get(key, load, stale);
		}
		const loading = load();
		entries.set(key, loading);
		loading.catch(() => entries.delete(key));
		return await loading;
	};
	return get;
}
