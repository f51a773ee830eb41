import { sleep } from 'n8n-workflow';

interface Timeout {
	readonly expiresAt: number;
	readonly onTimeout: () => void;
}

/** n8n before 2.35 cannot cancel longer sleeps, which would keep an otherwise finished process alive. */
const maxSleepMs = 1_000;

const timeouts = new Set<Timeout>();
let isRunning = false;

/**
 * Calls back after `ms` milliseconds. The timeouts of all requests share one timer: setting and clearing one for each took
 * a twentieth of the time of a request.
 * @returns a function to clear the timeout
 */
export function startTimeout(ms: number, onTimeout: () => void): () => void {
	const timeout: Timeout = { expiresAt: performance.now() + ms, onTimeout };
	timeouts.add(timeout);
	// The shared timer may have just started to sleep.
	if (ms <= maxSleepMs) void sleep(ms).then(() => expire(timeout));
	else if (!isRunning) void run();
	return () => timeouts.delete(timeout);
}

async function run(): Promise<void> {
	isRunning = true;
	try {
		while (timeouts.size > 0) {
			const now = performance.now();
			let next = now + maxSleepMs;
			for (const timeout of [...timeouts]) {
				if (timeout.expiresAt <= now) expire(timeout);
				else next = Math.min(next, timeout.expiresAt);
			}
			await sleep(next - now);
		}
	} finally {
		isRunning = false;
	}
}

function expire(timeout: Timeout): void {
	if (timeouts.delete(timeout)) timeout.onTimeout();
}
