import {
	CancelledError,
	type HttpResult,
	type Host,
	type HttpRequest,
	type SourceFile,
} from '../../../nodes/core/host';
import { isRecord, type JsonRecord } from '../../../nodes/core/json';
import { onAbort } from '../../../nodes/core/onAbort';

/** Answers a request; what it awaits with `sleep` passes in virtual time. */
export type Responder = (
	request: HttpRequest,
	host: VirtualHost,
) => HttpResult | Promise<HttpResult>;

interface LoggedRequest {
	readonly at: number;
	readonly request: HttpRequest;
}

export interface VirtualHost extends Host<string> {
	readonly requests: LoggedRequest[];
	readonly saved: string[];
	readonly logged: Array<{ message: string; details: object }>;
	files: Record<string, SourceFile>;
	/** Fires the execution's stop. */
	stop(): void;
	/** Plans something for a moment of virtual time. */
	at(ms: number, action: () => void): void;
	/** Lets virtual time pass until the promise has settled; real time hardly does. */
	run<T>(promise: Promise<T>): Promise<T>;
	/** How many sleeps are still under way. */
	pending(): number;
}

/** A small seeded generator (mulberry32), so that a jittered schedule gives the same test each time. */
export function seededRandom(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
	};
}

interface Sleeper {
	readonly due: number;
	readonly wake: () => void;
}

const nextTurn = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve));

/** A host whose clock stands still until all work waits, and then jumps to the next moment that anything waits for. */
export function virtualHost(
	respond: Responder,
	random: () => number = seededRandom(1),
): VirtualHost {
	let now = 0;
	const sleepers = new Set<Sleeper>();
	const stopper = new AbortController();

	const host: VirtualHost = {
		requests: [],
		saved: [],
		logged: [],
		files: {},
		signal: stopper.signal,
		now: () => now,
		wallClock: () => now,
		random,
		log: (message, details) => host.logged.push({ message, details }),
		request: async (request) => {
			host.requests.push({ at: now, request });
			return await respond(request, host);
		},
		sleep: async (ms, signal) =>
			await new Promise((resolve, reject) => {
				if (signal.aborted) {
					reject(new CancelledError());
					return;
				}
				const forget = onAbort(signal, () => {
					sleepers.delete(sleeper);
					reject(new CancelledError());
				});
				const sleeper: Sleeper = {
					due: now + ms,
					wake: () => {
						forget();
						resolve();
					},
				};
				sleepers.add(sleeper);
			}),
		openFile: async (_item, property) => {
			const file = host.files[String(property)];
			return file ?? (await Promise.reject(new Error(`no binary ${String(property)}`)));
		},
		saveFile: async (stream, label) => {
			let bytes = 0;
			if (stream instanceof Uint8Array) bytes = stream.length;
			else for await (const chunk of stream) bytes += chunk.length;
			host.saved.push(`${label.name} ${label.mimeType} ${bytes}`);
			return label.name;
		},
		stop: () => stopper.abort(),
		at: (ms, action) => sleepers.add({ due: ms, wake: action }),
		pending: () => sleepers.size,
		run: async (promise) => {
			const progress = { settled: false };
			const end = () => (progress.settled = true);
			promise.then(end, end);
			for (;;) {
				await nextTurn();
				if (progress.settled) return await promise;
				const next = [...sleepers].reduce<Sleeper | undefined>(
					(first, one) => (first === undefined || one.due < first.due ? one : first),
					undefined,
				);
				if (next === undefined) {
					// File streams take real turns of the event loop.
					await new Promise((resolve) => setTimeout(resolve, 1));
					continue;
				}
				sleepers.delete(next);
				now = Math.max(now, next.due);
				next.wake();
			}
		},
	};
	return host;
}

/** The JSON body of a request; empty when it has none. */
export const jsonBody = ({ body }: HttpRequest): JsonRecord =>
	body?.kind === 'json' && isRecord(body.value) ? body.value : {};

export const json = (
	status: number,
	body: unknown,
	headers: Record<string, string> = {},
): HttpResult => ({
	kind: 'text',
	status,
	headers,
	text: typeof body === 'string' ? body : JSON.stringify(body),
});

export const fault = (code: string, reached: 'no' | 'maybe', transient = true): HttpResult => ({
	kind: 'networkError',
	code,
	reached,
	transient,
});
