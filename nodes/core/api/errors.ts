import type { Fault } from '../host';
import { isRecord, parseJson, textOf } from '../json';
import { adviceFor, type Topic } from './advice';
import type { Nature } from './retry';

export interface ErrorDetails {
	/** What to do about it: one or two sentences. */
	readonly advice?: string;
	/** The HTTP status, when there was an answer. */
	readonly status?: number;
	/** Whether sending the same again makes sense: the job was surely not accepted, and it may work later. */
	readonly retryable?: boolean;
	/** Whether a paid request may have been accepted, although nobody confirmed it. */
	readonly unconfirmed?: boolean;
	/** Whether it ended only because the time limit left no room for another attempt. */
	readonly outOfTime?: boolean;
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

const longestQuote = 300;

/**
 * Takes the secrets out of a text that came from outside: the account's own, anything that looks like a key (MonsterAPI's
 * are JWTs) and the query of every URL, where presigned links carry their signature.
 */
export function redact(text: string, secrets: readonly string[]): string {
	const clean = secrets
		.filter((secret) => secret !== '')
		.reduce((rest, secret) => rest.replaceAll(secret, '…'), text)
		.replace(/eyJ[\w-]{8,}(\.[\w-]+)*/g, '…')
		.replace(/(bearer\s+)[^\s"',;]+/gi, '$1…')
		.replace(/([?&]token=)[\w%.~-]+/gi, '$1…')
		.replace(/(https?:\/\/[^\s"'?<>]+)\?[^\s"'<>]*/gi, '$1')
		.replace(/\s+/g, ' ')
		.trim();
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
	topic: Topic,
	status: number,
	text: string,
	secrets: readonly string[],
): MonsterApiError {
	const { message, advice, retryable } = adviceFor(topic, status);
	const reason = statedReason(parseJson(text));
	const quote = reason === undefined ? `HTTP status ${status}` : redact(reason, secrets);
	return new MonsterApiError(message, {
		advice: `${advice} MonsterAPI answered: ${quote}${reason === undefined ? '' : ` (${status})`}`,
		status,
		retryable,
	});
}

/** The error for a request that got no answer. */
export function faultError(fault: Fault, nature: Nature): MonsterApiError {
	const code = `Network code: ${fault.code}`;
	if (fault.reached === 'no') {
		return new MonsterApiError('MonsterAPI could not be reached', {
			advice: `Check the base URL of the credential and the network of n8n. Nothing was sent. ${code}`,
			retryable: fault.transient,
		});
	}
	const { message, advice } = brokenOff[nature];
	return new MonsterApiError(message, {
		advice: `${advice} ${code}`,
		retryable: nature === 'read',
		...(nature === 'paid' ? { unconfirmed: true } : {}),
	});
}

const brokenOff: Readonly<Record<Nature, { message: string; advice: string }>> = {
	paid: {
		message: 'The connection ended before MonsterAPI confirmed the job',
		advice:
			'The job may have been accepted, so it was not sent again: it could be paid twice. Look in your MonsterAPI dashboard before you repeat it.',
	},
	change: {
		message: 'The connection ended before MonsterAPI confirmed the change',
		advice: 'It may have been made. Look before you repeat it.',
	},
	read: {
		message: 'The connection to MonsterAPI broke off',
		advice: 'Several attempts were made. Try again later.',
	},
};

/** The error for an answer that has a good status and a body that cannot be read. */
export function unreadableError(reason: string, nature: Nature): MonsterApiError {
	return nature === 'paid'
		? new MonsterApiError('MonsterAPI took the job but gave no usable process ID', {
				advice: `The answer was not as documented (${reason}). The job may be running, so it was not sent again: look in your MonsterAPI dashboard.`,
				retryable: false,
				unconfirmed: true,
			})
		: new MonsterApiError(reason, {
				advice:
					'Several attempts were made. Check the base URL of the credential, or try again later.',
				retryable: nature === 'read',
			});
}
