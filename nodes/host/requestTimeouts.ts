import { sleep } from 'n8n-workflow';

interface Limit {
	readonly endsAt: number;
	readonly expire: () => void;
}

/** Longer sleeps could not be ended in n8n before 2.35, and would hold a process up that has nothing else to do. */
const sliceMs = 1_000;

const limits = new Set<Limit>();
let watching = false;

/**
 * Calls back once so many milliseconds have passed. The limits of all requests share one timer: one for each, set and
 * taken back, was a twentieth of what a request costs.
 * @returns how to take the limit back
 */
export function startTimeout(ms: number, expire: () => void): () => void {
	const limit: Limit = { endsAt: performance.now() + ms, expire };
	limits.add(limit);
	// The shared timer may just have begun its slice.
	if (ms <= sliceMs) void sleep(ms).then(() => end(limit));
	else if (!watching) void watch();
	return () => limits.delete(limit);
}

async function watch(): Promise<void> {
	watching = true;
	try {
		while (limits.size > 0) {
			const now = performance.now();
			let next = now + sliceMs;
			for (const limit of [...limits]) {
				if (limit.endsAt <= now) end(limit);
				else next = Math.min(next, limit.endsAt);
			}
			await sleep(next - now);
		}
	} finally {
		watching = false;
	}
}

function end(limit: Limit): void {
	if (limits.delete(limit)) limit.expire();
}
