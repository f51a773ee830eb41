const subscribers = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls back once when the signal fires. Hundreds of waiting jobs share one listener per signal: Node.js warns of a leak
 * beyond ten.
 * @returns a function to unsubscribe
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
	if (signal.aborted) {
		callback();
		return () => undefined;
	}
	const existing = subscribers.get(signal);
	const callbacks = existing ?? new Set();
	if (existing === undefined) {
		subscribers.set(signal, callbacks);
		const fire = () => {
			for (const subscriber of [...callbacks]) subscriber();
			callbacks.clear();
		};
		signal.addEventListener('abort', fire, { once: true });
	}
	// Two callers may pass the same function, so each gets its own entry.
	const entry = () => callback();
	callbacks.add(entry);
	return () => callbacks.delete(entry);
}
