/** Milliseconds that one attempt of a call may take, by what it carries. */
export const attemptMs = {
	/** A read, or the answer's headers of a download. */
	read: 30_000,
	/** A look at the registered webhooks: n8n's start and a user who unpublishes wait for it. */
	webhook: 10_000,
	/** A job without a file. */
	submit: 60_000,
	/** A job with a file of up to 8 MB in it. */
	submitFile: 300_000,
	/** A deployment: nobody knows its id before the answer, and it costs money by the hour. */
	launch: 300_000,
	/** A large file: the upload link lives no longer. */
	upload: 30 * 60_000,
} as const;

/** How often a fault or a 5xx of a call is met before it is given up, where no waiting goes on around it. */
export const attempts = { read: 5, connect: 4, upload: 3, download: 4, webhook: 3 } as const;

/** Milliseconds that a call outside any waiting may spend on attempts and pauses altogether. */
export const patienceMs = {
	call: 120_000,
	webhook: 20_000,
	/** All files of a callback's job together: its execution begins only afterwards. */
	callbackFiles: 120_000,
} as const;

/**
 * The limits of a read outside any waiting, from now on the host's clock. In a large batch it may stand in line for
 * longer than that: what has only waited for its turn still gets one whole attempt.
 */
export const readLimits = (nowMs: number) =>
	({
		maxAttempts: attempts.read,
		deadline: nowMs + patienceMs.call,
		minTimeoutMs: attemptMs.read,
	}) as const;
