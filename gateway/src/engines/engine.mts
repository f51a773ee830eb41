/** A file on this machine's disk: a job's input, or what an engine made. */
export interface EngineFile {
	readonly path: string;
	/** Without a folder. */
	readonly name: string;
	readonly mimeType: string;
	/** Bytes. */
	readonly size: number;
}

export type Family = 'text' | 'image' | 'image-edit' | 'transcription' | 'speech';

export interface EngineJob {
	/** MonsterAPI's id, or the one that the configuration adds. */
	readonly model: string;
	/** The engine's own name for the model (`models.<id>.model` of the configuration). */
	readonly engineModel: string | undefined;
	readonly family: Family;
	/** The model's own options of the configuration (`models.<id>`), which pass the driver's `modelSchema`. */
	readonly modelConfig?: Readonly<Record<string, unknown>>;
	/** Validated, with the API's names, without the file. */
	readonly inputs: Readonly<Record<string, unknown>>;
	/** The input file, already local. */
	readonly file: EngineFile | undefined;
	/** Private to this run, removed afterwards; output files are written here. */
	readonly workFolder: string;
}

export interface EngineContext {
	/** Aborted at the job's deadline, on cancellation and when the gateway stops. */
	readonly signal: AbortSignal;
	/** 0 to 1. */
	readonly progress: (fraction: number) => void;
	readonly log: (message: string) => void;
}

/** Times are seconds from the start of the recording. */
export interface Transcript {
	readonly text: string;
	readonly segments?: readonly TranscriptSegment[];
	readonly words?: readonly TranscriptWord[];
	/** As the engine reports it, such as `en`. */
	readonly language?: string;
	/** Length of the recording. */
	readonly duration?: number;
}

export interface TranscriptSegment {
	readonly start: number;
	readonly end: number;
	readonly text: string;
	readonly speaker?: string;
}

export interface TranscriptWord {
	readonly start: number;
	readonly end: number;
	readonly word: string;
}

export type EngineOutput =
	| { readonly kind: 'text'; readonly text: string }
	| { readonly kind: 'files'; readonly files: readonly EngineFile[] }
	| { readonly kind: 'transcript'; readonly transcript: Transcript };

export interface EngineResult {
	readonly output: EngineOutput;
	/** One sentence for each thing asked for that the engine could not honour; shown in `result.notes`. */
	readonly notes: readonly string[];
}

export interface EngineCheck {
	readonly reachable: boolean;
	/** The models that the engine says it has; empty when it does not tell. */
	readonly models: readonly string[];
	readonly problem?: string;
	/** How to mend the problem. */
	readonly advice?: string;
}

export interface Engine {
	/**
	 * Where the engine answers OpenAI's API, for passing `/v1/chat/completions` and `/v1/completions` through. The base URL
	 * has no trailing slash. Absent: the engine has no such API.
	 */
	readonly openai?: {
		readonly baseUrl: string;
		readonly headers: Readonly<Record<string, string>>;
	};
	/** Asks the engine whether it is there and what it offers. Never throws; a problem is part of the answer. */
	check(signal: AbortSignal): Promise<EngineCheck>;
	/**
	 * Runs one job to its end. Ends early when `context.signal` is aborted.
	 * @throws EngineError when the engine did not do it; the signal's reason when it was aborted
	 */
	run(job: EngineJob, context: EngineContext): Promise<EngineResult>;
}

export type EngineErrorKind =
	/** The engine refused for good; `message` has its own words. */
	| 'final'
	/** 429, 503, connection refused, model loading: wait and try again, no attempt is used. */
	| 'notReady'
	/** It broke: counts as an attempt. */
	| 'failed';

export class EngineError extends Error {
	override readonly name = 'EngineError';
	readonly kind: EngineErrorKind;
	/** How long the engine asked to wait, in milliseconds. */
	readonly retryAfterMs: number | undefined;

	constructor(
		message: string,
		kind: EngineErrorKind,
		retryAfterMs?: number,
		options?: ErrorOptions,
	) {
		super(message, options);
		this.kind = kind;
		this.retryAfterMs = retryAfterMs;
	}
}
