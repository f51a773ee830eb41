export type JobStatus = 'IN_QUEUE' | 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';

/** A job's input file: still to be fetched, or held by the gateway under the job's id. */
export type JobFile =
	| { readonly url: string }
	| { readonly name: string; readonly mimeType: string; readonly size: number };

export type JobResult = Readonly<Record<string, unknown>>;

export interface NewJob {
	readonly id: string;
	readonly keyName: string;
	readonly model: string;
	readonly inputs: Readonly<Record<string, unknown>>;
	readonly file: JobFile | undefined;
	/** Where the client reached the gateway, without a trailing slash; result links begin with it. */
	readonly baseUrl: string;
	readonly webhookUrl: string | undefined;
}

export interface Job extends NewJob {
	readonly status: JobStatus;
	readonly result: JobResult | undefined;
	/** Counts the runs begun. Only the newest may end the job. */
	readonly run: number;
	readonly failures: number;
	readonly interruptions: number;
	readonly createdAt: Date;
}
