import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';

/** A request that the emulator itself makes. */
export interface Outgoing {
	readonly url: string;
	readonly method: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string;
}

/** What came back. */
export interface Answer {
	/** 0 when there was none. */
	readonly status: number;
	/** The beginning of it. */
	readonly body: string;
	/** Why there was no answer. */
	readonly error?: string;
}

export interface Limits {
	/** Time for the whole exchange. */
	readonly timeoutMs: number;
	readonly signal: AbortSignal;
}

/** As much of an answer's body as is kept, in characters. */
const excerptLength = 1000;

/** Makes a request to a receiver of callbacks. Whatever the receiver does, this does not throw. */
export async function sendOut(outgoing: Outgoing, limits: Limits): Promise<Answer> {
	try {
		return await exchange(outgoing, limits);
	} catch (error) {
		return { status: 0, body: '', error: String(error) };
	}
}

/**
 * Connections are not kept: one that the receiver has just closed would lose a callback, and sending that again could
 * double it, where losing and doubling is to happen on demand only.
 */
function exchange(
	{ url, method, headers, body }: Outgoing,
	{ timeoutMs, signal }: Limits,
): Promise<Answer> {
	return new Promise((resolve, reject) => {
		const { request: open } = url.startsWith('https:') ? https : http;
		// Said in any case: with methods that rarely carry a body the client would leave it out.
		const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
		const request = open(url, { method, headers: { ...length, ...headers }, signal, agent: false });
		const timer = setTimeout(
			() => request.destroy(new Error(`no answer within ${timeoutMs} ms`)),
			timeoutMs,
		);
		request.once('close', () => clearTimeout(timer));
		request.on('error', reject);
		request.once('response', (response) => {
			text(response).then(
				(whole) =>
					resolve({ status: response.statusCode ?? 0, body: whole.slice(0, excerptLength) }),
				reject,
			);
		});
		request.end(body);
	});
}
