import { createWriteStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Agent, request, type Dispatcher } from 'undici';
import { EngineError } from '../engine.mts';
import { networkError, statusError } from './http-error.mts';
import { parseJson } from '../json.mts';
import { multipartBody, type MultipartForm } from './multipart.mts';

/** How an engine is reached over HTTP: part of the configuration of every HTTP driver. */
export interface HttpConfig {
	readonly url: string;
	/** Sent as a bearer token. */
	readonly key?: string;
	readonly headers?: Readonly<Record<string, string>>;
}

export interface EngineRequest {
	readonly method?: 'GET' | 'POST';
	readonly json?: unknown;
	readonly form?: MultipartForm;
	readonly signal: AbortSignal;
}

type Answer = Dispatcher.ResponseData;

/* A generation sends nothing until it ends, however long that takes: the job's own deadline is the only limit. */
const dispatcher = new Agent({
	headersTimeout: 0,
	bodyTimeout: 0,
	keepAliveTimeout: 2_000,
	connect: { timeout: 10_000 },
});

const maxErrorBytes = 64 * 1024;
/** Four images of 4096 × 4096 in base64 fit. */
const maxAnswerBytes = 384 * 1024 * 1024;

/** Sends requests to one engine and turns what goes wrong into an EngineError. */
export class EngineClient {
	readonly base: URL;
	readonly #config: HttpConfig;

	constructor(config: HttpConfig) {
		this.#config = config;
		this.base = new URL(config.url.replace(/\/{0,9}$/, '/'));
	}

	/** `path` without a leading slash is below the base URL; an absolute URL is taken as it is. */
	resolve(path: string): URL {
		return new URL(path, this.base);
	}

	/** The headers that authenticate; only for the engine's own origin. */
	headers(url: URL): Record<string, string> {
		if (url.origin !== this.base.origin) return {};
		const { key, headers } = this.#config;
		return { ...(key === undefined ? {} : { authorization: `Bearer ${key}` }), ...headers };
	}

	/**
	 * Sends a request and lets `read` have the answer, which is 2xx.
	 * @throws EngineError; the signal's reason when it is aborted
	 */
	async send<T>(
		path: string,
		wanted: EngineRequest,
		read: (answer: Answer) => Promise<T>,
	): Promise<T> {
		const url = this.resolve(path);
		const { method = 'GET', signal } = wanted;
		const { headers, body } = bodyOf(wanted);
		try {
			const answer = await request(url, {
				method,
				headers: { ...this.headers(url), ...headers },
				body,
				signal,
				dispatcher,
			});
			if (answer.statusCode >= 200 && answer.statusCode < 300) return await read(answer);
			const text = await readStart(answer, maxErrorBytes);
			const where = `${url.origin}${url.pathname}`;
			throw statusError(where, answer, this.#redact(text), Date.now());
		} catch (error) {
			signal.throwIfAborted();
			throw error instanceof EngineError ? error : networkError(url, error);
		}
	}

	/** @returns the answer's text; throws as `send` */
	async text(path: string, wanted: EngineRequest): Promise<string> {
		return (await this.bytes(path, wanted)).toString('utf8');
	}

	/** @returns the answer's bytes; throws as `send` */
	async bytes(path: string, wanted: EngineRequest): Promise<Buffer> {
		return await this.send(path, wanted, readWhole);
	}

	/** @returns the parsed answer; throws as `send`, and when the answer is not JSON */
	async json(path: string, wanted: EngineRequest): Promise<unknown> {
		const text = await this.text(path, wanted);
		const answer = parseJson(text);
		if (answer !== undefined) return answer;
		const { origin, pathname } = this.resolve(path);
		const start = text.slice(0, 200);
		throw new EngineError(`${origin}${pathname} did not answer JSON but: ${start}`, 'failed');
	}

	/** Streams the answer into a new file. @returns its content type */
	async download(
		path: string,
		wanted: EngineRequest & { readonly to: string; readonly maxBytes: number },
	): Promise<string> {
		return await this.send(path, wanted, async ({ body, headers }) => {
			const file = createWriteStream(wanted.to, { flags: 'wx' });
			await pipeline(body, limitBytes(wanted.maxBytes), file);
			return String(headers['content-type'] ?? '');
		});
	}

	/** Some servers repeat the key that they refuse. */
	#redact(text: string): string {
		const { key } = this.#config;
		return key === undefined || key === '' ? text : text.replaceAll(key, '***');
	}
}

function bodyOf({ json, form }: EngineRequest) {
	if (json !== undefined) {
		return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(json) };
	}
	if (form === undefined) return { headers: {}, body: null };
	const { headers, stream } = multipartBody(form);
	return { headers, body: stream };
}

async function readWhole({ body }: Answer): Promise<Buffer> {
	const chunks: Buffer[] = [];
	let size = 0;
	const stream: AsyncIterable<Buffer> = body;
	for await (const bytes of stream) {
		size += bytes.length;
		if (size > maxAnswerBytes) {
			throw new EngineError(`The engine's answer is larger than ${maxAnswerBytes} bytes`, 'final');
		}
		chunks.push(bytes);
	}
	return Buffer.concat(chunks);
}

async function readStart({ body }: Answer, maxBytes: number): Promise<string> {
	const chunks: Buffer[] = [];
	let size = 0;
	const stream: AsyncIterable<Buffer> = body;
	for await (const bytes of stream) {
		chunks.push(bytes);
		size += bytes.length;
		if (size > maxBytes) break;
	}
	return Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8');
}

function limitBytes(maxBytes: number): Transform {
	let size = 0;
	return new Transform({
		transform(chunk: Buffer, _encoding, done) {
			size += chunk.length;
			if (size <= maxBytes) done(null, chunk);
			else done(new EngineError(`The engine sent more than ${maxBytes} bytes`, 'final'));
		},
	});
}
