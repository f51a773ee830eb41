import type { HttpResult } from '../../../nodes/core/host';
import type { Call } from '../../../nodes/core/http/call';
import { json, virtualHost, type VirtualHost } from './virtual-host.cjs';

type TextCall = Extract<Call<string>, { answer?: 'text' }>;

const read: TextCall = {
	method: 'GET',
	path: '/read',
	endpoint: 'status',
	idempotency: 'idempotent',
	pool: 'request',
	timeoutMs: 30_000,
	maxAttempts: 5,
	deadline: Infinity,
	parse: () => ({ value: 'done' }),
};

/** A read of the API, with changes. */
export const callOf = (changes: Partial<TextCall> = {}): TextCall => ({ ...read, ...changes });

export const accepted = json(200, {});

/** A host that gives these answers in turn, and then repeats the last one. Its pauses are the shortest, or the longest. */
export const answering = (answers: readonly HttpResult[], random: 0 | 1 = 0): VirtualHost =>
	virtualHost(
		(_request, host) => answers[Math.min(host.requests.length, answers.length) - 1] ?? accepted,
		() => random,
	);

/** When requests left. */
export const timesOf = ({ requests }: VirtualHost): number[] => requests.map(({ at }) => at);

/** The last segments of their URLs, in the order in which they left. */
export const namesOf = ({ requests }: VirtualHost): string[] =>
	requests.map(({ request }) => request.url.split('/').pop() ?? '');
