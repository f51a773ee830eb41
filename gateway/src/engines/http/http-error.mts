import { EngineError } from '../engine.mts';
import { arrayAt, isObject, objectAt, parseJson, stringAt } from '../json.mts';

const maxTextLength = 1000;

/**
 * The engine's own words in an error body. Known shapes: `{error: {message}}` (OpenAI, vLLM, llama.cpp, LocalAI),
 * `{error: "text"}` (Ollama, whisper.cpp), `{detail: "text"}` or `{detail: [{loc, msg}]}` (Speaches and other FastAPI
 * servers), `{error, detail, errors}` (AUTOMATIC1111), `{error, message}` (sd-server), `{message}`.
 */
export function errorText(body: string): string | undefined {
	const text = fromJson(body) ?? plain(body);
	return text === '' ? undefined : text.slice(0, maxTextLength);
}

function fromJson(body: string): string | undefined {
	const parsed = parseJson(body);
	if (!isObject(parsed)) return undefined;
	const parts = [
		stringAt(objectAt(parsed, 'error'), 'message') ?? stringAt(parsed, 'error'),
		stringAt(parsed, 'message'),
		stringAt(parsed, 'detail') ?? validationDetail(parsed),
		stringAt(parsed, 'errors'),
	].filter((part) => part !== undefined && part !== '');
	return parts.length > 0 ? [...new Set(parts)].join(': ') : '';
}

function validationDetail(body: unknown): string | undefined {
	const details = arrayAt(body, 'detail').map((entry) => {
		const where = arrayAt(entry, 'loc').join('.');
		const message = stringAt(entry, 'msg') ?? '';
		return where === '' ? message : `${where}: ${message}`;
	});
	return details.length > 0 ? details.join('; ') : undefined;
}

/** A proxy's HTML page is reduced to its words. */
const plain = (body: string): string =>
	body
		.slice(0, 10_000)
		.split(/<\/(?:style|script)>/i)
		.map((part) => part.replace(/<(?:style|script)[\s>][^]*/i, ' '))
		.join(' ')
		.replace(/<[^<>]*>/g, ' ')
		.replace(/\s+/g, ' ')
		.trim();

/** `Retry-After` in milliseconds, from seconds or an HTTP date; undefined when there is none that can be read. */
export function retryAfterMs(value: string | undefined, now: number): number | undefined {
	if (value === undefined || value.trim() === '') return undefined;
	const seconds = Number(value);
	if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
	const date = Date.parse(value);
	return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

const firstOf = (value: string | string[] | undefined): string | undefined =>
	Array.isArray(value) ? value[0] : value;

/** What an answer that is not 2xx means for the job. */
export function statusError(
	where: string,
	response: {
		readonly statusCode: number;
		readonly headers: Readonly<Record<string, string | string[] | undefined>>;
	},
	body: string,
	now: number,
): EngineError {
	const { statusCode: status, headers } = response;
	const words = errorText(body) ?? 'no reason given';
	const message = `${where} answered ${status}: ${words}`;
	if (status === 429 && /insufficient_quota/.test(body)) return new EngineError(message, 'final');
	if (status === 429 || status === 503) {
		return new EngineError(message, 'notReady', retryAfterMs(firstOf(headers['retry-after']), now));
	}
	if (status === 401 || status === 403) {
		return new EngineError(`${message} (check the engine's 'key')`, 'final');
	}
	if (status >= 300 && status < 400) {
		const target = firstOf(headers['location']) ?? 'another address';
		return new EngineError(
			`${where} redirects to ${target}: set the engine's 'url' to it`,
			'final',
		);
	}
	if (status === 408) return new EngineError(message, 'failed');
	return new EngineError(message, status < 500 ? 'final' : 'failed');
}

/* Nothing was sent, so waiting and trying again is safe and uses no attempt. */
const notConnected = new Set([
	'ECONNREFUSED',
	'ENOTFOUND',
	'EAI_AGAIN',
	'EHOSTUNREACH',
	'ENETUNREACH',
	'EHOSTDOWN',
	'UND_ERR_CONNECT_TIMEOUT',
]);

/** What a connection that could not be made, or broke, means for the job. */
export function networkError(url: URL, error: unknown): EngineError {
	const code = causeCode(error);
	const kind = code !== undefined && notConnected.has(code) ? 'notReady' : 'failed';
	const happened =
		kind === 'notReady'
			? 'cannot be reached'
			: 'broke the connection before its answer was complete';
	const advice = kind === 'notReady' ? ` ${connectionAdvice(url)}` : '';
	return new EngineError(
		`${url.origin} ${happened} (${code ?? causeMessage(error)}).${advice}`,
		kind,
		undefined,
		{ cause: error },
	);
}

/** Walks the causes; a host with several addresses gives an AggregateError. */
function causeCode(error: unknown): string | undefined {
	for (let current = error; current instanceof Error; current = current.cause) {
		const code = stringAt(current, 'code');
		if (code !== undefined) return code;
		if (current instanceof AggregateError) return causeCode(current.errors[0]);
	}
	return undefined;
}

const causeMessage = (error: unknown): string => {
	const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
	return cause instanceof Error ? cause.message : String(cause);
};

/** The usual reasons for a refused connection, by host name. */
export function connectionAdvice(url: URL): string {
	const { hostname } = url;
	if (hostname === 'host.docker.internal') {
		return 'On Linux, add `extra_hosts: ["host.docker.internal:host-gateway"]` to the container.';
	}
	if (['localhost', '127.0.0.1', '[::1]'].includes(hostname)) {
		return `Is it running? In a container, ${hostname} is the container itself: use host.docker.internal or the service's name.`;
	}
	return 'Is it running, and is this its address?';
}
