import { generate } from '../../../nodes/core/api/generate';
import { deploy, getDeployment } from '../../../nodes/core/api/deploymentLifecycle';
import { getStatus, parseJobState } from '../../../nodes/core/api/status';
import { MonsterApiError, statusError } from '../../../nodes/core/http/errors';
import { statedReason } from '../../../nodes/core/http/reason';
import { clientOf } from '../../support/fakes/deployment.cjs';
import { json, virtualHost } from '../../support/fakes/virtual-host.cjs';

const deep = (levels: number): unknown => (levels === 0 ? 'x' : { error: deep(levels - 1) });

describe('the reason that an answer states', () => {
	test.each<[unknown, string | undefined]>([
		[{ message: 'Quota Exceeded' }, 'Quota Exceeded'],
		[{ Message: 'User is not authorized' }, 'User is not authorized'],
		[{ error: 'no GPU' }, 'no GPU'],
		[{ error: { message: 'no GPU', type: 'x', code: 7 } }, 'no GPU'],
		[{ error: { code: 'E7', retry: false } }, 'code: E7'],
		[{ error: true, msg: 'no GPU' }, 'no GPU'],
		[{ errors: ['a', { message: 'b' }, { detail: 'c' }, 7, null] }, 'a; b; c'],
		[{ errors: { prompt: ['is required', 'is a text'] } }, 'prompt: is required; is a text'],
		[{ message: 'Invalid', errors: [{ msg: 'too long' }] }, 'too long'],
		[{ message: 'Invalid', errors: [] }, 'Invalid'],
		[{ error: 'Bad Request', message: 'prompt is empty', statusCode: 400 }, 'prompt is empty'],
		[{ error: 'invalid_grant', error_description: 'Key expired' }, 'Key expired'],
		[{ title: 'Forbidden', detail: 'No credits', status: 403 }, 'No credits'],
		[{ errorMessage: 'a' }, 'a'],
		[{ error_message: 'a' }, 'a'],
		[{ detail: 'nope' }, 'nope'],
		[
			{ detail: [{ loc: ['body', 'gpu_count'], msg: 'field required' }, { msg: 'b' }, 7] },
			'body.gpu_count: field required; b',
		],
		[{ detail: { message: 'nope' } }, 'nope'],
		[{ detail: { prompt: ['is required'] } }, 'prompt: is required'],
		['Too many requests, slow down\n', 'Too many requests, slow down'],
		['"no GPU"', 'no GPU'],
		['{"message":"{\\"detail\\":\\"no GPU\\"}"}', 'no GPU'],
		[
			'<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>',
			'Request has expired',
		],
		['<html><title>502</title></html>', undefined],
		['{"message":"no G', undefined],
		['  ', undefined],
		[{ message: { nested: true } }, undefined],
		[{ message: '' }, undefined],
		[{ detail: [] }, undefined],
		[{ status: 'live', gpu: { name: 'A100' } }, undefined],
		[[], undefined],
		[null, undefined],
		[7, undefined],
		[deep(3), 'x'],
		[deep(9), undefined],
		[{ errors: Array.from({ length: 9 }, (_none, index) => `e${index}`) }, 'e0; e1; e2; e3; e4'],
	])('of %j is %j', (answer, reason) => expect(statedReason(answer, [])).toBe(reason));

	test('has no secret, not even a part of one at its end, and is bounded', () => {
		const secret = 'the-whole-secret';
		const reason = statedReason({ error: `${'x '.repeat(996)}${secret}${'y'.repeat(9_000)}` }, [
			secret,
		]);
		expect(reason).not.toContain('the-');
		expect(reason).toHaveLength(2_001);
	});
});

describe('it is shown', () => {
	test.each<[string]>([
		['{"error":{"message":"no credits"}}'],
		['{"error":"no credits"}'],
		['{"Message":"no credits"}'],
		['{"errors":["no credits"]}'],
		['{"msg":"no credits"}'],
		['no credits'],
	])('in a refusal: %s', (text) => {
		expect(statusError('generate', 403, text, []).details).toMatchObject({
			reason: 'no credits',
			advice: expect.stringMatching(/MonsterAPI answered: no credits \(403\)$/),
		});
	});

	test.each<[object]>([
		[{ result: { error: 'no GPU' } }],
		[{ result: { error: { message: 'no GPU' } } }],
		[{ result: { detail: 'no GPU' } }],
		[{ result: { errorMessage: 'no GPU' }, message: 'Done' }],
		[{ result: { text: 'no GPU' } }],
		[{ result: ['no GPU'] }],
		[{ result: { errors: [{ msg: 'no GPU' }] } }],
		[{ result: null, error: 'no GPU' }],
		[{ result: {}, errorMessage: 'no GPU' }],
		[{ errors: ['no GPU'] }],
		[{ detail: 'no GPU' }],
	])('by a failed job: %j', (body) => {
		const parsed = parseJobState({ process_id: 'p', status: 'FAILED', ...body }, 'p', []);
		expect(parsed).toMatchObject({ value: { failure: 'no GPU' } });
	});

	const errorOf = async (answer: string, send: 'generate' | 'deploy' | 'status') => {
		const host = virtualHost(() => json(200, answer));
		const client = clientOf(host);
		const sent = {
			generate: () => generate(client, request),
			deploy: () => deploy(client, 'llm', {}, 60_000),
			status: () => getStatus(client, 'p', { maxAttempts: 2, deadline: 60_000 }),
		};
		const error: unknown = await host.run(sent[send]().catch((caught: unknown) => caught));
		if (!(error instanceof MonsterApiError)) throw new Error('no MonsterApiError');
		return { error, host };
	};
	const request = {
		model: 'm',
		carriesFile: false,
		deadline: 60_000,
		body: () => ({ kind: 'json', value: {} }) as const,
	};

	test.each(['generate', 'deploy', 'status'] as const)(
		'by a 200 with only a message, of %s',
		async (send) => {
			const { error } = await errorOf('{"message":"No credits for the-key"}', send);
			expect(error.details.advice).toMatch(/MonsterAPI answered: No credits for …$/);
		},
	);

	test('by a 200 with a plain text, and a billed request is still sent once', async () => {
		const { error, host } = await errorOf('Service paused', 'generate');
		expect(error.details.advice).toMatch(/MonsterAPI answered: Service paused$/);
		expect(host.requests).toHaveLength(1);
	});

	test('but a page is not', async () => {
		const { error } = await errorOf('<html>parked</html>', 'generate');
		expect(error.details.advice).not.toMatch(/answered|parked/);
	});

	test('by the status of a deployment', async () => {
		const host = virtualHost(() => json(400, { error: { message: 'Image not found' } }));
		const limits = { maxAttempts: 1, deadline: 60_000 };
		const seen = await host.run(getDeployment(clientOf(host), 'd', limits));
		expect(seen.message).toBe('Image not found');
	});
});
