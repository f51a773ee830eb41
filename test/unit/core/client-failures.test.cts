import { Readable } from 'node:stream';

import type { HttpResult } from '../../../nodes/core/host';
import { accepted, answering, callOf, timesOf } from '../../support/fakes/calls.cjs';
import { clientOf } from '../../support/fakes/deployment.cjs';
import { fault, json } from '../../support/fakes/virtual-host.cjs';

const elsewhere = { url: 'https://d.test/generate', endpoint: 'deployedModel' } as const;
const unavailable = json(503, '');
const limited = json(429, '');
const unknownHost = fault('ENOTFOUND', 'no');

const failureOf = async (
	changes: Parameters<typeof callOf>[0],
	answers: HttpResult[],
	random: 0 | 1 = 0,
) => {
	const host = answering(answers, random);
	const outcome: unknown = await host.run(
		clientOf(host)
			.send(callOf(changes))
			.catch((error: unknown) => error),
	);
	return { host, outcome };
};

describe('attempts', () => {
	test.each<[string, number, Parameters<typeof callOf>[0], HttpResult[]]>([
		['a fault counts', 3, { maxAttempts: 3 }, [unavailable]],
		['a host that does not exist counts', 5, {}, [unknownHost]],
		['and has a limit of its own', 2, { maxLastingAttempts: 2 }, [unknownHost]],
		['which a 503 does not count towards', 5, { maxLastingAttempts: 2 }, [unavailable]],
		[
			'nor is it reached by one such failure between others',
			4,
			{ maxLastingAttempts: 2 },
			[unavailable, unknownHost, unavailable, unknownHost],
		],
		[
			'a 429 of a transfer without a deadline counts',
			2,
			{ ...elsewhere, maxAttempts: 2 },
			[limited],
		],
		['a refusal is final', 1, {}, [json(400, '')]],
	])('%s: %i', async (_name, count, changes, answers) => {
		const { host, outcome } = await failureOf(changes, answers);
		expect(outcome).toMatchObject({ name: 'MonsterApiError' });
		expect(host.requests).toHaveLength(count);
	});

	test.each<[string, Parameters<typeof callOf>[0]]>([
		['of the API', { maxAttempts: 1 }],
		['of the API before a deadline', { maxAttempts: 1, deadline: 60_000 }],
		['of a deployment', { ...elsewhere, maxAttempts: 1, deadline: 60_000 }],
	])('a 429 does not count: %s', async (_name, changes) => {
		const { host, outcome } = await failureOf(changes, [limited, limited, limited, accepted]);
		expect(outcome).toBe('done');
		expect(host.requests).toHaveLength(4);
	});

	test('a status that the call names is retried, and another is not', async () => {
		const changes = { retryableStatuses: [404] };
		expect((await failureOf(changes, [json(404, {}), accepted])).outcome).toBe('done');
		expect((await failureOf(changes, [json(400, {}), accepted])).outcome).not.toBe('done');
	});
});

describe('pauses', () => {
	const deployment = { ...elsewhere, deadline: 60_000 };

	test.each<[string, number[], Parameters<typeof callOf>[0], HttpResult[]]>([
		['grow', [0, 1_000, 3_000, 7_000], {}, [unavailable, unavailable, unavailable]],
		['grow with 429s, too', [0, 1_000, 3_000, 7_000], deployment, [limited, limited, limited]],
		['grow with both', [0, 1_000, 3_000, 7_000], deployment, [unavailable, limited, unavailable]],
		['last as long as asked', [0, 7_000], {}, [json(503, '', { 'retry-after': '7' })]],
		[
			'grow after a rate limit, too',
			[0, 7_000, 9_000],
			{},
			[json(429, '', { 'retry-after': '7' }), unavailable],
		],
	])('%s: %j', async (_name, times, changes, failures) => {
		const { host } = await failureOf(changes, [...failures, accepted], 1);
		expect(timesOf(host)).toEqual(times);
	});
});

describe('the error', () => {
	const check = 'Check the base URL of the MonsterAPI credential.';
	const change = { method: 'DELETE', idempotency: 'nonIdempotent' } as const;
	const doubt = 'The change may have been made: check before you try again.';
	const once = { maxAttempts: 1 };

	test.each<[string, string, string, Parameters<typeof callOf>[0], HttpResult]>([
		[
			'of an answer that says something else',
			'no status',
			'Several attempts were made. Check the base URL of the credential, or try again later. MonsterAPI answered: Later',
			{ ...once, parse: () => ({ unreadable: 'no status' }) },
			json(200, { message: 'Later' }),
		],
		[
			'of an answer that says nothing',
			'no status',
			'Several attempts were made. Check the base URL of the credential, or try again later.',
			{ ...once, parse: () => ({ unreadable: 'no status' }) },
			json(200, {}),
		],
		[
			'of a page',
			'The answer did not come from MonsterAPI',
			`It was a web page or a text instead of JSON. ${check} That of the hosted service is https://api.monsterapi.ai/v1. Several attempts were made.`,
			once,
			json(200, '<html>'),
		],
		[
			'of a page of another host',
			'no text',
			'Several attempts were made. Check its logs with Deployment > Get Logs, or try again later.',
			{ ...elsewhere, ...once, parse: () => ({ unreadable: 'no text' }) },
			json(200, '<html>'),
		],
		[
			'of a broken connection',
			'The connection to MonsterAPI broke off',
			'Several attempts were made. Try again later. Network code: ECONNRESET',
			once,
			fault('ECONNRESET', 'maybe'),
		],
		[
			'of a page instead of a refusal',
			'MonsterAPI was not found at the base URL',
			`${check} That of the hosted service is https://api.monsterapi.ai/v1. The server answered: HTTP status 404`,
			{},
			json(404, '<html>'),
		],
		[
			'of such a page of another host',
			'The deployment has no generate call',
			'Only deployed language models have one; call a custom image with the HTTP Request node. The deployment answered: HTTP status 404',
			elsewhere,
			json(404, '<html>'),
		],
		[
			'of a change after a 500',
			'MonsterAPI could not process the request',
			`Something went wrong on MonsterAPI’s side. Try again later. MonsterAPI answered: HTTP status 500 ${doubt}`,
			change,
			json(500, ''),
		],
		[
			'of a change after a 499',
			'MonsterAPI refused the request with status 499',
			'Check the input and the base URL of the credential. MonsterAPI answered: HTTP status 499',
			change,
			json(499, ''),
		],
		[
			'of a read after a 500',
			'MonsterAPI could not process the request',
			'Something went wrong on MonsterAPI’s side. Try again later. MonsterAPI answered: HTTP status 500',
			once,
			json(500, ''),
		],
		[
			'of too large an answer',
			'MonsterAPI answered with more than 16 MB',
			'The rest was not read. Check the base URL of the credential, or try again later.',
			{},
			{ kind: 'tooLarge', status: 200, headers: {} },
		],
	])('%s', async (_name, message, advice, changes, answer) => {
		const { outcome } = await failureOf(changes, [answer]);
		expect(outcome).toMatchObject({ message, details: { advice } });
		expect(outcome).not.toMatchObject({ details: { deadlineExceeded: true } });
	});

	test('of a file that was refused says nothing of its content', async () => {
		const host = answering([
			{ kind: 'stream', status: 400, headers: {}, stream: Readable.from(['<Error>no</Error>']) },
		]);
		const call = {
			...callOf({ url: 'https://f.test/a', endpoint: 'resultFile', pool: 'transfer' }),
			answer: 'stream',
			parse: async () => await Promise.resolve({ value: 'done' }),
		} as const;
		await expect(host.run(clientOf(host).send(call))).rejects.toMatchObject({
			message: 'The file storage refused the request with status 400',
			details: {
				advice: 'The link may have expired. Try again. The file storage answered: HTTP status 400',
			},
		});
	});

	test.each([
		['a refusal', {}, json(400, { message: 'no the-key' })],
		['a last failure', { deadline: 100 }, json(503, { message: 'no the-key' })],
	])('has no key in it: %s', async (_name, changes, answer) => {
		const { outcome } = await failureOf(changes, [answer]);
		expect(outcome).toMatchObject({ details: { advice: expect.stringContaining('no ') } });
		expect(JSON.stringify(outcome)).not.toContain('the-key');
	});
});
