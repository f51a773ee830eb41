import type { HttpRequest, HttpResult } from '../../../nodes/core/host';
import { fault, json, type VirtualHost } from '../fakes/virtual-host.cjs';

/** What no error, log line or item may hold; every stated reason repeats all of them. */
export const secrets = {
	key: 'the-key-of-the-account',
	token: 'the-token-of-the-deployment',
	signature: 'X-Amz-Signature=the-signature',
} as const;

const echo = `${secrets.key} ${secrets.token} https://s.test/f?${secrets.signature}`;

export interface Fault {
	readonly name: string;
	readonly answer: (request: HttpRequest, host: VirtualHost) => HttpResult | Promise<HttpResult>;
}

const answered = (
	name: string,
	status: number,
	body: unknown,
	headers: Record<string, string> = {},
): Fault => ({ name, answer: () => json(status, body, headers) });

const broken = (name: string, code: string, reached: 'no' | 'maybe', transient = true): Fault => ({
	name,
	answer: () => fault(code, reached, transient),
});

const late = (name: string, code: string): Fault => ({
	name,
	answer: async ({ timeoutMs, signal }, { sleep }) =>
		await sleep(timeoutMs, signal).then(
			() => fault(code, 'maybe'),
			() => ({ kind: 'cancelled' }) as const,
		),
});

const network: Fault[] = [
	broken('connection refused', 'ECONNREFUSED', 'no'),
	broken('host unknown (ENOTFOUND)', 'ENOTFOUND', 'no'),
	broken('DNS does not answer (EAI_AGAIN)', 'EAI_AGAIN', 'no'),
	broken('no route (EHOSTUNREACH)', 'EHOSTUNREACH', 'no'),
	broken('time-out while connecting', 'ETIMEDOUT', 'no'),
	broken('certificate expired', 'CERT_HAS_EXPIRED', 'no', false),
	broken('certificate self-signed', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'no', false),
	broken('no TLS on that port', 'EPROTO', 'no', false),
	broken('blocked by n8n', 'SsrfBlockedError', 'no', false),
	broken('reset before the answer', 'ECONNRESET', 'maybe'),
	broken('reset while sending (EPIPE)', 'EPIPE', 'maybe'),
	broken('closed within the answer', 'ECONNABORTED', 'maybe'),
	broken('malformed HTTP', 'HPE_INVALID_CONSTANT', 'maybe'),
	late('no answer, or a trickle, until the time-out', 'ETIMEDOUT'),
];

const reason = (what: string) => ({ message: `${what} ${echo}` });

const page =
	'<!DOCTYPE html><html><head><title>Oops</title></head><body>Nothing here</body></html>';

const statuses: Fault[] = [
	...[400, 401, 402, 403, 404, 405, 408, 409, 410, 413, 415, 418, 422, 451].map((status) =>
		answered(`${status}`, status, reason('Refused')),
	),
	answered('404 no such instance', 404, reason('No such instance')),
	answered('422 as a list of fields', 422, {
		detail: [{ loc: ['body', 'steps'], msg: `too many ${echo}` }],
	}),
	answered('429', 429, reason('Quota exceeded')),
	answered('429 Retry-After 0', 429, '', { 'retry-after': '0' }),
	answered('429 Retry-After 30', 429, reason('Quota exceeded'), { 'retry-after': '30' }),
	answered('429 Retry-After one day', 429, '', { 'retry-after': '86400' }),
	answered('429 page', 429, page),
	...[500, 501, 502, 503, 504, 520, 599].map((status) =>
		answered(`${status}`, status, reason('Failed')),
	),
	answered('503 Retry-After 5', 503, '', { 'retry-after': '5' }),
	answered('503 Retry-After 120', 503, '', { 'retry-after': '120' }),
	...[400, 401, 403, 404, 405, 500, 502].map((status) => answered(`${status} page`, status, page)),
	...[400, 401, 404, 500].map((status) => answered(`${status} without a body`, status, '')),
	answered('404 of a router', 404, { detail: 'Not Found' }),
	answered('404 Cannot GET', 404, 'Cannot GET /generate'),
];

const redirects: Fault[] = [
	answered('301 without an address', 301, ''),
	answered('302 to the same host', 302, '', { location: 'https://api.test/v1/other' }),
	answered('307 to another host', 307, '', { location: 'https://elsewhere.test/' }),
	answered('308 to a private address', 308, '', { location: 'http://169.254.169.254/latest' }),
	answered('304', 304, ''),
];

const deep = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`;

const successes: Fault[] = [
	answered('200 page', 200, page),
	answered('200 text', 200, 'OK'),
	answered('200 empty', 200, ''),
	answered('200 blanks', 200, ' \n'),
	answered('200 JSON that breaks off', 200, '{"status":"COMPL'),
	answered('200 null', 200, 'null'),
	answered('200 number', 200, '17'),
	answered('200 JSON text', 200, '"OK"'),
	answered('200 []', 200, []),
	answered('200 {}', 200, {}),
	answered('200 other JSON', 200, { foo: { bar: [1, 2] } }),
	answered('200 IDs of wrong types', 200, {
		process_id: { id: 1 },
		deployment_id: ['d'],
		status: 7,
		upload_url: 1,
		logs: 5,
		text: 8,
	}),
	answered('200 status error', 200, { status: 'error' }),
	answered('200 success false', 200, { success: false, error: `no ${echo}` }),
	answered('200 only a message', 200, reason('Please wait')),
	answered('200 10,000 levels deep', 200, deep),
	{
		name: '200 larger than 16 MB',
		answer: ({ answer }) =>
			answer === 'stream'
				? json(200, 'x'.repeat(20_000), { 'content-length': '20000000000' })
				: { kind: 'tooLarge', status: 200, headers: {} },
	},
	answered('202 empty', 202, ''),
	answered('204', 204, ''),
];

/** By their groups in the document. */
export const faults: Readonly<Record<string, readonly Fault[]>> = {
	Network: network,
	Statuses: statuses,
	Redirects: redirects,
	'Successes that are none': successes,
};
