const watchers = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls back once when the signal fires. Hundreds of waiting jobs share one listener of the signal: the platform warns
 * of a leak when there are more than ten.
 * @returns how to take the call back
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
	if (signal.aborted) {
		callback();
		return () => undefined;
	}
	const known = watchers.get(signal);
	const callbacks = known ?? new Set();
	if (known === undefined) {
		watchers.set(signal, callbacks);
		const fire = () => {
			for (const one of [...callbacks]) one();
			callbacks.clear();
		};
		signal.addEventListener('abort', fire, { once: true });
	}
	// Two callers may give the same function: each gets an entry of its own.
	const entry = () => callback();
	callbacks.add(entry);
	return () => callbacks.delete(entry);
}
