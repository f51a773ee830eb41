import { createWriteStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Agent, fetch, type FormData, type Response } from 'undici';
import { EngineError } from './engine.mts';
import { networkError, statusError } from './http-error.mts';

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
	readonly form?: FormData;
	readonly signal: AbortSignal;
}

/* A generation sends nothing until it ends, however long that takes: the job's own deadline is the only limit. */
const dispatcher = new Agent({
	headersTimeout: 0,
	bodyTimeout: 0,
	keepAliveTimeout: 2_000,
	connect: { timeout: 10_000 },
});

const maxErrorBytes = 64 * 1024;
/** Four images of 4096 × 4096 in base64 fit. */
const maxJsonBytes = 384 * 1024 * 1024;

/** Sends requests to one engine and turns what goes wrong into an EngineError. */
export class EngineClient {
	readonly base: URL;
	readonly #config: HttpConfig;

	constructor(config: HttpConfig) {
		this.#config = config;
		this.base = new URL(config.url.replace(/\/*$/, '/'));
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
	 * @returns the answer, which is 2xx and whose body has not been read
	 * @throws EngineError; the signal's reason when it is aborted
	 */
	async send(path: string, request: EngineRequest): Promise<Response> {
		const url = this.resolve(path);
		const { method = 'GET', json, form, signal } = request;
		const headers = this.headers(url);
		if (json !== undefined) headers['content-type'] = 'application/json';
		const body = json === undefined ? form : JSON.stringify(json);
		return await this.#guard(url, signal, async () => {
			const response = await fetch(url, {
				method,
				headers,
				signal,
				redirect: 'manual',
				dispatcher,
				...(body === undefined ? {} : { body }),
			});
			if (response.ok) return response;
			const text = await readText(response, maxErrorBytes, 'cut');
			throw statusError(`${url.origin}${url.pathname}`, response, this.#redact(text), Date.now());
		});
	}

	/** @returns the parsed answer; throws as `send`, and when the answer is not JSON */
	async json(path: string, request: EngineRequest): Promise<unknown> {
		const text = await this.text(path, request);
		try {
			return JSON.parse(text);
		} catch {
			const url = this.resolve(path);
			throw new EngineError(
				`${url.origin}${url.pathname} did not answer JSON but: ${text.slice(0, 200)}`,
				'failed',
			);
		}
	}

	/** @returns the answer's text; throws as `send` */
	async text(path: string, request: EngineRequest): Promise<string> {
		const response = await this.send(path, request);
		return await this.#guard(this.resolve(path), request.signal, () =>
			readText(response, maxJsonBytes, 'refuse'),
		);
	}

	/** Streams the answer into a new file. @returns its content type */
	async download(
		path: string,
		request: EngineRequest & { readonly to: string; readonly maxBytes: number },
	): Promise<string> {
		const response = await this.send(path, request);
		const { body } = response;
		if (body === null) throw new EngineError(`${this.base.origin} answered nothing`, 'failed');
		await this.#guard(this.resolve(path), request.signal, () =>
			pipeline(
				Readable.fromWeb(body),
				limitBytes(request.maxBytes, this.base.origin),
				createWriteStream(request.to, { flags: 'wx' }),
			),
		);
		return response.headers.get('content-type') ?? '';
	}

	async #guard<T>(url: URL, signal: AbortSignal, action: () => Promise<T>): Promise<T> {
		try {
			return await action();
		} catch (error) {
			signal.throwIfAborted();
			throw error instanceof EngineError ? error : networkError(url, error);
		}
	}

	/** Some servers repeat the key that they refuse. */
	#redact(text: string): string {
		const { key } = this.#config;
		return key === undefined || key === '' ? text : text.replaceAll(key, '***');
	}
}

async function readText(response: Response, maxBytes: number, beyond: 'cut' | 'refuse') {
	const chunks: Uint8Array[] = [];
	let size = 0;
	for await (const chunk of response.body ?? []) {
		const bytes: Uint8Array = chunk;
		size += bytes.byteLength;
		if (size > maxBytes && beyond === 'cut') break;
		if (size > maxBytes) {
			throw new EngineError(`The engine's answer is larger than ${maxBytes} bytes`, 'final');
		}
		chunks.push(bytes);
	}
	return Buffer.concat(chunks).toString('utf8');
}

function limitBytes(maxBytes: number, origin: string): Transform {
	let size = 0;
	return new Transform({
		transform(chunk: Buffer, _encoding, done) {
			size += chunk.byteLength;
			if (size <= maxBytes) done(null, chunk);
			else done(new EngineError(`${origin} sent more than ${maxBytes} bytes`, 'final'));
		},
	});
}
