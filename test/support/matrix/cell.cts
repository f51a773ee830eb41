import { Readable } from 'node:stream';
import { CancelledError, type HttpRequest, type HttpResult } from '../../../nodes/core/host';
import { createClient } from '../../../nodes/core/http/client';
import { MonsterApiError } from '../../../nodes/core/http/errors';
import { virtualHost } from '../fakes/virtual-host.cjs';
import { secrets, type Fault } from './faults.cjs';
import type { RequestKind } from './request-kinds.cjs';

/** What became of a call that met a fault. */
export interface Outcome {
	/** What it returned, as JSON; undefined if it failed. */
	readonly value: string | undefined;
	readonly error: unknown;
	/** The requests that met the fault, or would have met it. */
	readonly requests: number;
	/** Of these, how many may have been accepted. */
	readonly maybeAccepted: number;
	/** Milliseconds of virtual time. */
	readonly ms: number;
	/** Everything that a user may see of it. */
	readonly shown: string;
}

export interface Cell {
	readonly kind: RequestKind;
	readonly fault: Fault;
	/** When only the first request meets it. */
	readonly once: Outcome;
	/** When all do. */
	readonly always: Outcome;
}

/** A download's answer is a stream, whatever it is. */
function asAsked(result: HttpResult, { answer }: HttpRequest): HttpResult {
	if (answer === 'text' || result.kind !== 'text') return result;
	const { status, headers, text } = result;
	const chunks = text === '' ? [] : [Buffer.from(text)];
	return { kind: 'stream', status, headers, stream: Readable.from(chunks) };
}

/** Only after these may what is billed be sent again. */
const isRefusal = (result: HttpResult): boolean =>
	result.kind === 'networkError'
		? result.reached === 'no'
		: 'status' in result && result.status === 429;

/** Runs a call that meets a fault so many times. */
export async function meet(kind: RequestKind, fault: Fault, times: number): Promise<Outcome> {
	let requests = 0;
	let maybeAccepted = 0;
	const host = virtualHost(async (request, self) => {
		if (kind.meets?.(request) === false) return kind.good(request);
		requests += 1;
		const result = requests > times ? kind.good(request) : await fault.answer(request, self);
		if (!isRefusal(result)) maybeAccepted += 1;
		return asAsked(result, request);
	});
	const client = createClient(host, { baseUrl: 'https://api.test/v1', secrets: [secrets.key] });
	const settled = await host.run(
		kind.run(client).then(
			(value) => ({ value: JSON.stringify({ value }), error: undefined }),
			(error: unknown) => ({ value: undefined, error }),
		),
	);
	return {
		...settled,
		requests,
		maybeAccepted,
		ms: host.now(),
		shown: [settled.value, textOf(settled.error), JSON.stringify(host.logged)].join('\n'),
	};
}

const textOf = (error: unknown): string =>
	error instanceof MonsterApiError
		? `${error.message} ${JSON.stringify(error.details)} ${error.stack ?? ''}`
		: String(error);

export const cellOf = async (kind: RequestKind, fault: Fault): Promise<Cell> => ({
	kind,
	fault,
	once: await meet(kind, fault, 1),
	always: await meet(kind, fault, Infinity),
});

/** What must hold whatever a call meets. @returns what does not */
export function violationsOf(
	kind: RequestKind,
	{ error, maybeAccepted, ms, shown, requests }: Outcome,
): string[] {
	const { key, signature, token } = secrets;
	const known = [
		key,
		...(kind.hasToken === true ? [token] : []),
		// Items keep links as they are: they have been paid for.
		...(error === undefined ? [] : [signature]),
	];
	const leaked = known.filter((secret) => shown.includes(secret));
	const isOurs = error === undefined || error instanceof MonsterApiError;
	return [
		...(isOurs || error instanceof CancelledError ? [] : ['other error']),
		...(ms > kind.maxMs ? [`took ${ms} ms`] : []),
		// An attempt follows up to five redirects; after that two in a second at first, then ever fewer.
		...(requests > 6 + ms / 500 ? [`${requests} requests in ${ms} ms`] : []),
		...(kind.billed && maybeAccepted > 1 ? [`billed ${maybeAccepted} times`] : []),
		...leaked.map((secret) => `shows ${secret}`),
	];
}

/** The same for a cell, with its name. */
export const violations = ({ kind, fault, once, always }: Cell): string[] =>
	[once, always]
		.flatMap((outcome) => violationsOf(kind, outcome))
		.map((violation) => `${kind.name} × ${fault.name}: ${violation}`);
