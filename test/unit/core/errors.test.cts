import {
	networkFailure,
	statusError,
	unreadableError,
	type MonsterApiError,
} from '../../../nodes/core/http/errors';
import { quoteRedacted } from '../../../nodes/core/http/redaction';
import type { Endpoint } from '../../../nodes/core/http/endpoint';
import { messageFor } from '../../../nodes/core/http/errorMessages';

describe('the error table', () => {
	test.each<[Endpoint, number, RegExp, RegExp, boolean]>([
		['generate', 400, /did not accept the input/, /parameters/, false],
		['generate', 401, /API key/, /credential/, false],
		['generate', 402, /credits/, /Recharge/, false],
		['generate', 403, /credits/, /Recharge/, false],
		['generate', 404, /does not know this model/, /model ID/, false],
		['generate', 415, /kind of file/, /formats/, false],
		['generate', 429, /rate limit/, /Max Concurrency/, true],
		['generate', 500, /could not process/, /not sent again/, false],
		['generate', 504, /could not process/, /not sent again/, false],
		['generate', 408, /could not process/, /not sent again/, false],
		['status', 401, /API key/, /credential/, false],
		['status', 404, /does not know this job/, /process ID/, false],
		['status', 503, /could not process/, /later/, true],
		['webhook', 408, /reach the webhook URL/, /WEBHOOK_URL/, true],
		['uploadFile', 403, /upload link/, /30 minutes/, true],
		['resultFile', 404, /does not exist/, /paid/, true],
		['status', 302, /redirect/, /base URL/, false],
		['status', 418, /418/, /base URL/, false],
	])('%s %i says what happened and what to do', (endpoint, status, message, advice, retryable) => {
		const entry = messageFor(endpoint, status);
		expect(entry.message).toMatch(message);
		expect(entry.advice).toMatch(advice);
		expect(entry.retryable).toBe(retryable);
	});

	test('follows n8n’s style', () => {
		const topics: Endpoint[] = [
			'generate',
			'status',
			'uploadLink',
			'uploadFile',
			'resultFile',
			'webhook',
		];
		for (const endpoint of topics) {
			for (let status = 300; status < 600; status++) {
				const { message, advice } = messageFor(endpoint, status);
				expect(`${message} ${advice}`).not.toMatch(/\b(error|problem|failure|mistake)s?\b/i);
				expect(message).toMatch(/[^.]$/);
				expect(advice).toMatch(/\.$/);
			}
		}
	});
});

describe('the API’s reason', () => {
	test('is quoted, with the status', () => {
		const error = statusError('generate', 429, '{"message":"Quota Exceeded"}', []);
		expect(error.details.advice).toMatch(/MonsterAPI answered: Quota Exceeded \(429\)$/);
	});

	test('is left out if it is an HTML page', () => {
		const error = statusError('status', 502, '<html><body>nginx</body></html>', []);
		expect(error.details.advice).not.toContain('nginx');
		expect(error.details.advice).toContain('502');
	});
});

describe('secrets are redacted', () => {
	const key = 'eyJhbGciOiJIUzI1NiJ9.eyJ1c2VybmFtZSI6IjEifQ.sig-nature_1';
	test.each([
		`your key ${key} is bad`,
		'Authorization: Bearer abc.def-123 refused',
		'see https://bucket.test/a.wav?X-Amz-Signature=abcdef&X-Amz-Credential=AKIA please',
		'plain-secret was sent',
		'Max retries exceeded with url: /webhook/a/webhook?token=X-Amz-1 (caused by …)',
	])('%s', (text) => {
		const clean = quoteRedacted(text, ['plain-secret', '']);
		expect(clean).not.toMatch(/eyJ|sig-nature|abc\.def|X-Amz|AKIA|plain-secret/);
		expect(clean.length).toBeGreaterThan(5);
	});

	test('even one that starts with another, or ends with a line break', () => {
		expect(quoteRedacted('my-secret-2 or my-secret', ['my-secret', 'my-secret-2\n'])).toBe(
			'… or …',
		);
	});

	test('with the whole text if one is very short', () => {
		expect(quoteRedacted('the word is abc!', ['abc'])).toBe('…');
		expect(quoteRedacted('another word', ['abc'])).toBe('another word');
	});

	test('and a long text is cut, on one line', () => {
		const clean = quoteRedacted(`a\n\tb ${'x'.repeat(5_000)}`, []);
		expect(clean.length).toBeLessThanOrEqual(301);
		expect(clean).toMatch(/^a b x/);
	});
});

test('the code of a network error is part of the advice, since n8n replaces messages that contain one', () => {
	for (const reached of ['no', 'maybe'] as const) {
		for (const idempotency of ['billed', 'nonIdempotent', 'idempotent'] as const) {
			const error = networkFailure(
				{ kind: 'networkError', reached, transient: true, code: 'ECONNRESET' },
				{ endpoint: 'generate', idempotency },
			);
			expect(error.message).not.toContain('ECONN');
			expect(error.details.advice).toContain('ECONNRESET');
			expect(error.details.retryable).toBe(idempotency === 'idempotent' || reached === 'no');
		}
	}
});

test.each(['deployedModel', 'uploadFile', 'resultFile'] as const)(
	'errors of another host do not blame the API, its key or its plan: %s',
	(endpoint) => {
		const texts: string[] = [];
		const tell = ({ message, details }: MonsterApiError) =>
			texts.push(`${message} ${details.advice}`);
		for (const status of [302, 400, 401, 403, 404, 408, 418, 422, 429, 500, 502]) {
			tell(statusError(endpoint, status, '{"message":"no"}', []));
		}
		const asked = { endpoint, idempotency: 'idempotent' } as const;
		for (const reached of ['no', 'maybe'] as const) {
			tell(networkFailure({ kind: 'networkError', reached, transient: true, code: 'X' }, asked));
		}
		tell(unreadableError('It answered with something else', asked));
		for (const text of texts) {
			expect(text).not.toMatch(/MonsterAPI|base URL|credential|API key|plan\b/);
		}
	},
);

test('an unreadable acceptance is not retryable', () => {
	expect(
		unreadableError('the answer was not a JSON object', {
			endpoint: 'generate',
			idempotency: 'billed',
		}).details.retryable,
	).toBe(false);
	expect(
		unreadableError('x', { endpoint: 'status', idempotency: 'idempotent' }).details.retryable,
	).toBe(true);
});
