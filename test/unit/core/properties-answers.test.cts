import fc from 'fast-check';
import type { HttpResult } from '../../../nodes/core/host';
import { runBatch } from '../../../nodes/core/jobs/batch';
import { meet, violationsOf } from '../../support/matrix/cell.cjs';
import { secrets } from '../../support/matrix/faults.cjs';
import { requestKinds } from '../../support/matrix/request-kinds.cjs';
import { fault, json, virtualHost } from '../../support/fakes/virtual-host.cjs';

const seed = 20_260_101;

const text = fc.oneof(
	fc.string({ unit: 'binary', maxLength: 40 }),
	fc.string({ maxLength: 10 }).map((around) => `${around} ${secrets.key} ${around}`),
	fc.constantFrom('COMPLETED', 'FAILED', 'IN_QUEUE', 'live', 'error', 'terminated', 'deleted'),
	fc.webUrl({ withQueryParameters: true }),
);

const names = [
	'process_id',
	'deployment_id',
	'status',
	'result',
	'message',
	'error',
	'detail',
	'output',
	'upload_url',
	'download_url',
	'url_name',
	'webhook_url',
	'URL',
	'text',
	'logs',
	'__proto__',
];

const value = fc.letrec<{ any: unknown }>((tie) => ({
	any: fc.oneof(
		{ maxDepth: 4 },
		text,
		fc.integer(),
		fc.double(),
		fc.constantFrom(null, true, false),
		fc.array(tie('any'), { maxLength: 4 }),
		fc.dictionary(fc.constantFrom(...names), tie('any'), { maxKeys: 6 }),
	),
})).any;

const body = fc.oneof(
	value.map((any) => JSON.stringify(any)),
	value.map((any) => JSON.stringify(any).slice(0, -1)),
	text.map((words) => `<html>${words}</html>`),
	text,
);

const headers = fc.record(
	{
		'retry-after': fc.oneof(fc.string(), fc.nat().map(String), fc.date().map(String)),
		location: fc.oneof(fc.webUrl(), fc.string()),
		'content-type': fc.string(),
		'content-length': fc.oneof(fc.string(), fc.nat().map(String)),
	},
	{ requiredKeys: [] },
);

const status = fc.oneof(
	fc.constantFrom(200, 200, 202, 400, 403, 404, 429, 501, 503),
	fc.integer({ min: 200, max: 599 }),
);

const answer: fc.Arbitrary<HttpResult> = fc.oneof(
	{ weight: 6, arbitrary: fc.tuple(status, body, headers).map((parts) => json(...parts)) },
	{
		weight: 1,
		arbitrary: fc
			.tuple(fc.string(), fc.constantFrom('no' as const, 'maybe' as const), fc.boolean())
			.map((parts) => fault(...parts)),
	},
);

test.each(
	Object.values(requestKinds)
		.flat()
		.map((kind) => [kind.name, kind] as const),
)(
	'%s: any answers end in time, with no other error, no secret and no second bill',
	async (_name, kind) => {
		const answers = fc.array(answer, { minLength: 1, maxLength: 4 });
		await fc.assert(
			fc.asyncProperty(answers, async (sequence) => {
				let next = 0;
				const fault = {
					name: 'any',
					answer: () => sequence[Math.min(next++, sequence.length - 1)] ?? json(200, ''),
				};
				expect(violationsOf(kind, await meet(kind, fault, Infinity))).toEqual([]);
			}),
			{ seed, numRuns: 40 },
		);
	},
);

test('a batch keeps order and pairing, and its concurrency', async () => {
	const tasks = fc.array(fc.record({ ms: fc.nat(5_000), fails: fc.boolean() }), { maxLength: 30 });
	const width = fc.integer({ min: 1, max: 12 });
	await fc.assert(
		fc.asyncProperty(tasks, width, fc.boolean(), async (list, maxConcurrency, stopOnError) => {
			const host = virtualHost(() => json(200, ''));
			let running = 0;
			let peak = 0;
			const batch = runBatch(
				list.length,
				{ host, maxConcurrency, stopOnError },
				async (index, signal) => {
					peak = Math.max(peak, ++running);
					await host.sleep(list[index]?.ms ?? 0, signal).finally(() => (running -= 1));
					if (list[index]?.fails === true) throw new Error(String(index));
					return index;
				},
			);
			const outcomes = await host.run(batch);
			expect(peak).toBeLessThanOrEqual(maxConcurrency);
			expect(running).toBe(0);
			outcomes.forEach((outcome, index) => {
				if (outcome.kind === 'done') expect(outcome.value).toBe(index);
				if (outcome.kind === 'failed') expect(String(outcome.error)).toBe(`Error: ${index}`);
				if (!stopOnError)
					expect(outcome.kind).toBe(list[index]?.fails === true ? 'failed' : 'done');
			});
			expect(outcomes).toHaveLength(list.length);
		}),
		{ seed, numRuns: 60 },
	);
});
