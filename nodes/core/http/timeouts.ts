/** Timeouts of one attempt in milliseconds, by what it carries. */
export const attemptTimeoutMs = {
	/** A read, or the answer's headers of a download. */
	read: 30_000,
	/** The list of webhooks: n8n's start and unpublishing wait for it. */
	webhook: 10_000,
	/** A job without a file. */
	submit: 60_000,
	/** A job with a file of up to 8 MB in it. */
	submitFile: 300_000,
	/** A launch: it costs money by the hour, and its id is in the answer. */
	launch: 300_000,
	/** A large file: as long as its upload link is valid. */
	upload: 30 * 60_000,
} as const;

/** How long a billed request may be kept back by 429s, in milliseconds, if the user set no shorter limit. */
export const maxQueueMs = 600_000;

/** After this time, in milliseconds, what was accepted is known everywhere at the API. */
export const consistencyDelayMs = 30_000;

/** Attempts that may end in a fault or a 5xx, outside of polling. */
export const maxAttempts = { read: 5, connect: 4, upload: 3, download: 4, webhook: 3 } as const;

/** Milliseconds for all attempts and pauses of a call outside of polling. */
export const totalTimeoutMs = {
	call: 120_000,
	webhook: 20_000,
	/** All files of a callback's job together: its execution starts only afterwards. */
	callbackFiles: 120_000,
} as const;

/**
 * The limits of a read outside of polling. In a large batch it may be queued for longer than that, and then still gets
 * one full attempt.
 * @param nowMs on the host's clock
 */
export const readLimits = (nowMs: number) =>
	({
		maxAttempts: maxAttempts.read,
		deadline: nowMs + totalTimeoutMs.call,
		minTimeoutMs: attemptTimeoutMs.read,
	}) as const;
