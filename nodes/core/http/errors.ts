import type { NetworkError } from '../host';
import type { Endpoint } from './endpoint';
import { messageFor } from './errorMessages';
import { serviceOf, type Service } from './service';
import type { Idempotency } from './retryPolicy';
import { statedReason } from './reason';
import { quoteRedacted } from './redaction';
import { maxAnswerBytes, megabyte } from './sizes';
import { addressAdvice, judgeAddress } from './wrongAddress';

export interface ErrorDetails {
	/** What to do about it: one or two sentences. */
	readonly advice?: string;
	/** The HTTP status, when there was an answer. */
	readonly status?: number;
	/** Why, in the words of the answer. */
	readonly reason?: string;
	/** Whether sending the same again makes sense: it was definitely not accepted, and may be later. */
	readonly retryable?: boolean;
	/** Whether a billed request may have been accepted without confirmation. */
	readonly maybeAccepted?: boolean;
	/** Whether the answer did not come from MonsterAPI, so that it says nothing about what was asked for. */
	readonly wrongAddress?: boolean;
	/** Whether it failed only because the deadline left no time for another attempt. */
	readonly deadlineExceeded?: boolean;
	/** The deployment concerned, which may be running and cost money by the hour. */
	readonly deploymentId?: string;
	/** The accepted job, which is paid for and can be fetched by its id. */
	readonly processId?: string;
	/** The last known status of that job. */
	readonly jobStatus?: string;
	/** The URLs of a finished job's files that could not be fetched. */
	readonly output?: readonly string[];
}

/** An error for the user: what happened, and what to do about it. Contains no key and no presigned URL. */
export class MonsterApiError extends Error {
	constructor(
		message: string,
		readonly details: ErrorDetails = {},
	) {
		super(message);
		this.name = 'MonsterApiError';
	}

	/** What happened and what to do about it, as one text. */
	get explanation(): string {
		return [`${this.message}.`, this.details.advice].filter(Boolean).join(' ');
	}

	/** The same error with further details. */
	with(details: ErrorDetails): MonsterApiError {
		return new MonsterApiError(this.message, { ...this.details, ...details });
	}
}

/** The error for input that is refused before anything is sent. */
export const validationError = (message: string, advice: string): MonsterApiError =>
	new MonsterApiError(message, { advice, retryable: false });

/**
 * The error for an unsuccessful status.
 * @param baseUrl of the API, if it is the API that was asked
 */
export function statusError(
	endpoint: Endpoint,
	status: number,
	text: string,
	secrets: readonly string[],
	baseUrl?: string,
): MonsterApiError {
	const { message, advice, ...flags } = messageFor(endpoint, status);
	const reason = statedReason(text, secrets);
	const quoted = reason === undefined ? undefined : quoteRedacted(reason, secrets);
	const quote = quoted === undefined ? `HTTP status ${status}` : `${quoted} (${status})`;
	const address = baseUrl === undefined ? undefined : judgeAddress(status, text, reason, baseUrl);
	if (baseUrl !== undefined && address === 'wrong') {
		return new MonsterApiError('MonsterAPI was not found at the base URL', {
			advice: `${addressAdvice(baseUrl)}${isBilled(endpoint) ? ' Nothing was started.' : ''} The server answered: ${quote}`,
			status,
			retryable: false,
			wrongAddress: true,
		});
	}
	const doubt =
		baseUrl === undefined || address === undefined ? '' : ` Or: ${addressAdvice(baseUrl)}`;
	return new MonsterApiError(message, {
		advice: `${advice}${doubt} ${serviceOf(endpoint).name} answered: ${quote}`,
		status,
		...(reason === undefined ? {} : { reason }),
		...flags,
	});
}

/** The same error of a change: behind a proxy's 502 or 504 it may have been made. */
export const openChange = (error: MonsterApiError): MonsterApiError =>
	error.with({
		advice:
			`${error.details.advice ?? ''} The change may have been made: check before you try again.`.trim(),
		retryable: false,
	});

/** The parts of a call that its errors depend on. */
export interface FailedCall {
	readonly endpoint: Endpoint;
	readonly idempotency: Idempotency;
}

/** The error for a request without an answer. */
export function networkFailure(error: NetworkError, call: FailedCall): MonsterApiError {
	const code = `Network code: ${error.code}`;
	const service = serviceOf(call.endpoint);
	if (error.reached === 'no') {
		return new MonsterApiError(`${service.name} could not be reached`, {
			advice: `${service.unreached} Nothing was sent. ${code}`,
			retryable: error.transient,
		});
	}
	const { message, advice } = brokenOff[call.idempotency](billedThing(call.endpoint), service);
	return new MonsterApiError(message, {
		advice: `${advice} ${code}`,
		retryable: call.idempotency === 'idempotent',
		...(call.idempotency === 'billed' ? { maybeAccepted: true } : {}),
	});
}

const isBilled = (endpoint: Endpoint): boolean => endpoint === 'generate' || endpoint === 'deploy';

/** What a billed call starts, and where to check whether it was started. */
interface BilledThing {
	readonly name: string;
	readonly id: string;
	readonly check: string;
}

const billedThing = (endpoint: Endpoint): BilledThing =>
	endpoint === 'deploy'
		? { name: 'deployment', id: 'deployment ID', check: 'check with Deployment > Get Many' }
		: { name: 'job', id: 'process ID', check: 'check in your MonsterAPI dashboard' };

type Text = (
	thing: BilledThing,
	service: Service,
) => { readonly message: string; readonly advice: string };

const brokenOff: Readonly<Record<Idempotency, Text>> = {
	billed: ({ name, check }) => ({
		message: `The connection ended before MonsterAPI confirmed the ${name}`,
		advice: `The ${name} may have been accepted, so it was not sent again: it could be billed twice. Before you try again, ${check}.`,
	}),
	nonIdempotent: () => ({
		message: 'The connection ended before MonsterAPI confirmed the change',
		advice: 'It may have been made. Check before you try again.',
	}),
	idempotent: (_thing, { inText, brokenOff: advice }) => ({
		message: `The connection to ${inText} broke off`,
		advice: `Several attempts were made. ${advice}`,
	}),
};

/**
 * The error for a successful status with a body that cannot be read. `stated`: what the answer says instead, without
 * secrets; `baseUrl`: of the API, if what answered there was not the API.
 */
export function unreadableError(
	reason: string,
	call: FailedCall,
	{ stated, baseUrl }: { readonly stated?: string; readonly baseUrl?: string } = {},
): MonsterApiError {
	const service = serviceOf(call.endpoint);
	const quote =
		stated === undefined ? '' : ` ${service.name} answered: ${quoteRedacted(stated, [])}`;
	const { name, id, check } = billedThing(call.endpoint);
	if (baseUrl !== undefined) {
		const outcome = {
			billed: ` The ${name} may have been accepted nevertheless, so it was not sent again: ${check}.`,
			nonIdempotent: ' The change may have been made nevertheless: check before you try again.',
			idempotent: ' Several attempts were made.',
		};
		return new MonsterApiError('The answer did not come from MonsterAPI', {
			advice: `It was a web page or a text instead of JSON. ${addressAdvice(baseUrl)}${outcome[call.idempotency]}${quote}`,
			retryable: call.idempotency === 'idempotent',
			wrongAddress: true,
			...(call.idempotency === 'billed' ? { maybeAccepted: true } : {}),
		});
	}
	return call.idempotency === 'billed'
		? new MonsterApiError(`MonsterAPI accepted the ${name} but returned no usable ${id}`, {
				advice: `The answer was not as documented (${reason}). The ${name} may be running, so it was not sent again: ${check}.${quote}`,
				retryable: false,
				maybeAccepted: true,
			})
		: new MonsterApiError(reason, {
				advice: `Several attempts were made. ${service.unreadable}${quote}`,
				retryable: call.idempotency === 'idempotent',
			});
}

/** The error for an answer that was not read to its end, whatever its status. */
export function tooLargeError(call: FailedCall): MonsterApiError {
	const size = `${maxAnswerBytes / megabyte} MB`;
	if (call.idempotency === 'billed') {
		return unreadableError(`the answer was larger than ${size}`, call);
	}
	const { name, unreadable } = serviceOf(call.endpoint);
	return new MonsterApiError(`${name} answered with more than ${size}`, {
		advice: `The rest was not read. ${unreadable}`,
		retryable: false,
	});
}
