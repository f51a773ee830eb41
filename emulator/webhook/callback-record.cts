import type { JobStatus } from '../generate/job-status.cjs';

/** One attempt to deliver a callback. */
export interface CallbackRecord {
	/** When it was sent by the emulator's clock, in milliseconds. */
	readonly at: number;
	readonly url_name: string;
	readonly process_id: string;
	readonly status: JobStatus;
	/** From 1; 0 when `callbackLostCount` swallowed it and nothing was sent. */
	readonly attempt: number;
	/** 0 when there was no answer. */
	readonly responseStatus: number;
}
