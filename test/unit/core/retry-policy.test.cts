import {
	backoffMs,
	decideRetry,
	isLasting,
	pauseWithin,
	retryAfterMs,
	type Failure,
	type Idempotency,
} from '../../../nodes/core/http/retryPolicy';

const answer = (status: number, headers: Record<string, string> = {}): Failure => ({
	kind: 'text',
	status,
	headers,
	text: '',
});
const network = (code: string, reached: 'no' | 'maybe', transient = true): Failure => ({
	kind: 'networkError',
	code,
	reached,
	transient,
});
const unreadable: Failure = { kind: 'unreadable', reason: 'the answer was not JSON' };
/** Its status alone would be retried. */
const tooLarge: Failure = { kind: 'tooLarge', status: 503, headers: {} };

const never = { retry: false };
const again = { retry: true, pauseAll: false };
const afterAll = { retry: true, pauseAll: true };

test.each<[string, Failure, object, object]>([
	['an unreadable answer', unreadable, again, never],
	['a connection that was refused', network('ECONNREFUSED', 'no'), again, again],
	['a connection that broke off', network('ECONNRESET', 'maybe'), again, never],
	['a wrong certificate', network('CERT_HAS_EXPIRED', 'no', false), never, never],
	['an answer that is too large', tooLarge, never, never],
	['429', answer(429), afterAll, afterAll],
	['408', answer(408), again, never],
	['409', answer(409), never, never],
	['499', answer(499), never, never],
	['500', answer(500), again, never],
	['a status that the call names', answer(404), again, never],
])('%s: a read and a change are decided on apart', (_name, failure, ofRead, ofChange) => {
	const decide = (idempotency: Idempotency) => decideRetry(failure, idempotency, [404], 0);
	expect(decide('idempotent')).toEqual(ofRead);
	expect(decide('nonIdempotent')).toEqual(ofChange);
	expect(decide('billed')).toEqual(ofChange);
});

test('Retry-After is handed on, and only if there is one that says when', () => {
	const decide = (failure: Failure) => decideRetry(failure, 'idempotent', [], 0);
	expect(decide(answer(503, { 'retry-after': '7' }))).toStrictEqual({
		...again,
		retryAfterMs: 7_000,
	});
	expect(decide(answer(429, { 'retry-after': '7' }))).toStrictEqual({
		...afterAll,
		retryAfterMs: 7_000,
	});
	expect(decide(answer(503))).toStrictEqual(again);
	// At once says nothing about when.
	expect(decide(answer(503, { 'retry-after': '0' }))).toStrictEqual(again);
	expect(decide(answer(503, { 'retry-after': '0.3' }))).toStrictEqual({
		...again,
		retryAfterMs: 300,
	});
});

test.each<[string, boolean, Failure]>([
	['an answer of something else', true, unreadable],
	['a host that does not exist', true, network('ENOTFOUND', 'no')],
	['a refused connection', false, network('ECONNREFUSED', 'no')],
	['a 503', false, answer(503)],
	['a stream that was too large', false, tooLarge],
])('%s is lasting: %p', (_name, expected, failure) => {
	expect(isLasting(failure)).toBe(expected);
});

describe('Retry-After', () => {
	const at = Date.parse('2026-01-01T00:00:00Z');
	test.each([
		['3', 3_000],
		['1.5', 1_500],
		['0', 250],
		['999999', 120_000],
		['Thu, 01 Jan 2026 00:00:10 GMT', 10_000],
		['Wed, 31 Dec 2025 23:00:00 GMT', 250],
		['Fri, 01 Jan 2027 00:00:00 GMT', 120_000],
		['Thu Jan  1 00:00:10 2026', 10_000],
		['soon', undefined],
		['-5', undefined],
		['2026', 120_000],
		['1 Jan', undefined],
		['', undefined],
	])('%j means %p ms', (value, expected) => {
		expect(retryAfterMs({ 'retry-after': value }, at)).toBe(expected);
	});
});

test.each<[string, number | undefined]>([
	[' 3 ', 3_000],
	['  ', undefined],
	['1.', undefined],
	['.5', undefined],
	['1.25', 1_250],
	['12.75', 12_750],
	['3 s', undefined],
	['x3', undefined],
	['Thu, 01 Jan 1970 00:00:10', 10_000],
	['Thursday, 01-Jan-70 00:00:10 GMT', 10_000],
	['Thu, soon', undefined],
	['thu, 01 Jan 1970 00:00:10 GMT', undefined],
	['Thu', undefined],
	['in Thu, 01 Jan 1970 00:00:10 GMT', undefined],
])('Retry-After %j means %p ms at the beginning of 1970', (value, expected) => {
	expect(retryAfterMs({ 'retry-after': value }, 0)).toBe(expected);
});

test('no Retry-After means nothing', () => {
	expect(retryAfterMs({}, 0)).toBeUndefined();
});

test('the back-off lies between 250 ms and its ceiling, evenly', () => {
	expect([0, 0.5, 1].map((random) => backoffMs(2, random))).toEqual([250, 1_125, 2_000]);
	expect(backoffMs(0, 1)).toBe(500);
	expect(backoffMs(5_000, 1)).toBe(30_000);
});

test.each([
	// Exactly as much time is left as an attempt takes: the pause is shortened for it.
	[119_000, 120_000, 115_000],
	[118_999, 120_000, 118_999],
	// The shortest pause before a last attempt.
	[5_000, 5_250, 250],
	[5_000, 5_249, 5_000],
	[5_249, 5_249, undefined],
])('a pause of %d ms with %d ms left takes %p', (pauseMs, leftMs, expected) => {
	expect(pauseWithin(pauseMs, leftMs)).toBe(expected);
});

test('the back-off has full jitter between its bounds', () => {
	expect(backoffMs(1, 0)).toBe(250);
	expect(backoffMs(1, 1)).toBe(1_000);
	expect(backoffMs(3, 1)).toBe(4_000);
	expect(backoffMs(50, 1)).toBe(30_000);
});
