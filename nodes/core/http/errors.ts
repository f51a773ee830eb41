import type { NetworkError } from '../host';
import { isRecord, parseJson, textOf } from '../json';
import { messageFor, type Endpoint } from './errorMessages';
import { serviceOf, type Service } from './service';
import type { Idempotency } from './retryPolicy';
import { redactUrlToken } from './redaction';

export interface ErrorDetails {
	/** What to do about it: one or two sentences. */
	readonly advice?: string;
	/** The HTTP status, when there was an answer. */
	readonly status?: number;
	/** Whether sending the same again makes sense: the job was surely not accepted, and it may work later. */
	readonly retryable?: boolean;
	/** Whether a paid request may have been accepted, although nobody confirmed it. */
	readonly maybeAccepted?: boolean;
	/** Whether it ended only because the time limit left no room for another attempt. */
	readonly deadlineExceeded?: boolean;
	/** The deployment that it is about: it may run, and cost money by the hour. */
	readonly deploymentId?: string;
	/** The accepted job, when there is one: it is paid and can be fetched with its id. */
	readonly processId?: string;
	/** The state of that job that was last seen. */
	readonly jobStatus?: string;
	/** Where the files of a finished job are, when they could not be fetched. */
	readonly output?: readonly string[];
}

/** Something that the user should know, with what to do about it. Holds no key and no presigned URL. */
export class MonsterApiError extends Error {
	constructor(
		message: string,
		readonly details: ErrorDetails = {},
	) {
		super(message);
		this.name = 'MonsterApiError';
	}

	/** The same error with more that is known about it. */
	with(details: ErrorDetails): MonsterApiError {
		return new MonsterApiError(this.message, { ...this.details, ...details });
	}
}

/** The error for what is refused before anything is sent. */
export const validationError = (message: string, advice: string): MonsterApiError =>
	new MonsterApiError(message, { advice, retryable: false });

const longestQuote = 300;

/** A shorter secret would black out half of every text. */
const shortestSecret = 6;

/**
 * Takes the secrets out of a text that came from outside: the account's own, anything that looks like a key (MonsterAPI's
 * are JWTs) and the query of every URL, where presigned links carry their signature. Of a text that holds a very short
 * secret nothing is left.
 */
export function redactSecrets(text: string, secrets: readonly string[]): string {
	// The longest first: one may be a part of another.
	const known = secrets
		.map((secret) => secret.trim())
		.filter((secret) => secret !== '')
		.sort((left, right) => right.length - left.length);
	if (known.some((secret) => secret.length < shortestSecret && text.includes(secret))) return '…';
	return redactUrlToken(known.reduce((rest, secret) => rest.replaceAll(secret, '…'), text))
		.replace(/eyJ[\w-]{8,}(\.[\w-]+)*/g, '…')
		.replace(/(bearer\s+)[^\s"',;]+/gi, '$1…')
		.replace(/(https?:\/\/[^\s"'?<>]+)\?[^\s"'<>]*/gi, '$1');
}

/** The same on one line and cut to the length of a quote, for messages. */
export function quoteRedacted(text: string, secrets: readonly string[]): string {
	const clean = redactSecrets(text, secrets).replace(/\s+/g, ' ').trim();
	return clean.length > longestQuote ? `${clean.slice(0, longestQuote)}…` : clean;
}

/** What an answer says about itself: `message`, or FastAPI's `detail`, which may be a list. Not the body as such. */
export function statedReason(body: unknown): string | undefined {
	if (!isRecord(body)) return undefined;
	const detail = body['detail'];
	if (Array.isArray(detail)) {
		const lines = detail.filter(isRecord).map((entry) => {
			const place = Array.isArray(entry['loc']) ? entry['loc'].join('.') : '';
			return [place, textOf(entry, 'msg')].filter(Boolean).join(': ');
		});
		return lines.join('; ') || undefined;
	}
	return textOf(body, 'message') ?? textOf(body, 'detail');
}

/** The error for an answer whose status is not a success. */
export function statusError(
	endpoint: Endpoint,
	status: number,
	text: string,
	secrets: readonly string[],
): MonsterApiError {
	const { message, advice, ...decision } = messageFor(endpoint, status);
	const reason = statedReason(parseJson(text));
	const quote = reason === undefined ? `HTTP status ${status}` : quoteRedacted(reason, secrets);
	return new MonsterApiError(message, {
		advice: `${advice} ${serviceOf(endpoint).name} answered: ${quote}${reason === undefined ? '' : ` (${status})`}`,
		status,
		...decision,
	});
}

/** What an error about a call without a usable answer needs to know of it. */
export interface FailedCall {
	readonly endpoint: Endpoint;
	readonly idempotency: Idempotency;
}

/** The error for a request that got no answer. */
export function networkFailure(fault: NetworkError, call: FailedCall): MonsterApiError {
	const code = `Network code: ${fault.code}`;
	const service = serviceOf(call.endpoint);
	if (fault.reached === 'no') {
		return new MonsterApiError(`${service.name} could not be reached`, {
			advice: `${service.unreached} Nothing was sent. ${code}`,
			retryable: fault.transient,
		});
	}
	const { message, advice } = brokenOff[call.idempotency](billedThing(call.endpoint), service);
	return new MonsterApiError(message, {
		advice: `${advice} ${code}`,
		retryable: call.idempotency === 'idempotent',
		...(call.idempotency === 'billed' ? { maybeAccepted: true } : {}),
	});
}

/** What a paid call starts, and where to look whether it was started. */
interface BilledThing {
	readonly name: string;
	readonly id: string;
	readonly look: string;
}

const billedThing = (endpoint: Endpoint): BilledThing =>
	endpoint === 'deploy'
		? { name: 'deployment', id: 'deployment ID', look: 'look with Deployment > Get Many' }
		: { name: 'job', id: 'process ID', look: 'look in your MonsterAPI dashboard' };

type Text = (
	thing: BilledThing,
	service: Service,
) => { readonly message: string; readonly advice: string };

const brokenOff: Readonly<Record<Idempotency, Text>> = {
	billed: ({ name, look }) => ({
		message: `The connection ended before MonsterAPI confirmed the ${name}`,
		advice: `The ${name} may have been accepted, so it was not sent again: it could be paid twice. Before you repeat it, ${look}.`,
	}),
	nonIdempotent: () => ({
		message: 'The connection ended before MonsterAPI confirmed the change',
		advice: 'It may have been made. Look before you repeat it.',
	}),
	idempotent: (_thing, { inText, brokenOff: advice }) => ({
		message: `The connection to ${inText} broke off`,
		advice: `Several attempts were made. ${advice}`,
	}),
};

/** The error for an answer that has a good status and a body that cannot be read. */
export function unreadableError(reason: string, call: FailedCall): MonsterApiError {
	const { name, id, look } = billedThing(call.endpoint);
	return call.idempotency === 'billed'
		? new MonsterApiError(`MonsterAPI took the ${name} but gave no usable ${id}`, {
				advice: `The answer was not as documented (${reason}). The ${name} may be running, so it was not sent again: ${look}.`,
				retryable: false,
				maybeAccepted: true,
			})
		: new MonsterApiError(reason, {
				advice: `Several attempts were made. ${serviceOf(call.endpoint).unreadable}`,
				retryable: call.idempotency === 'idempotent',
			});
}
