import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { objectAt, parseJson, stringAt } from '../../src/engines/json.mts';
import { testKey } from './gateway.mts';
import type { Receiver } from './receiver.mts';

export interface AcceptedJob {
	readonly processId: string;
	readonly prompt: string;
}

const headers = { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' };

/**
 * Submits jobs, some at a time and each when it may start, to gateways that may be killed meanwhile. A submission without an
 * answer is made again as another job, as a client would do that wants the work done.
 */
export async function submitAll(
	urls: readonly string[],
	count: number,
	concurrency: number,
	{ mayStart }: { mayStart: (number: number) => boolean },
): Promise<AcceptedJob[]> {
	const accepted: AcceptedJob[] = [];
	let next = 0;
	const worker = async (): Promise<void> => {
		while (next < count) {
			const number = next;
			next += 1;
			while (!mayStart(number)) await sleep(20);
			for (let attempt = 0; ; attempt += 1) {
				const prompt = `job ${number} attempt ${attempt}`;
				const url = urls[(number + attempt) % urls.length] ?? '';
				const processId = await submit(url, prompt);
				if (processId !== undefined) {
					accepted.push({ processId, prompt });
					break;
				}
				await sleep(50);
			}
		}
	};
	await Promise.all(Array.from({ length: concurrency }, worker));
	return accepted;
}

/** Waits until all have ended, and checks that each has its own result. */
export async function assertAllCompleted(
	urls: readonly string[],
	jobs: readonly AcceptedJob[],
	timeoutMs: number,
): Promise<void> {
	const deadline = Date.now() + timeoutMs;
	for (const [index, { processId, prompt }] of jobs.entries()) {
		for (let attempt = 0; ; attempt += 1) {
			const url = urls[(index + attempt) % urls.length] ?? '';
			const answer = await fetch(`${url}/v1/status/${processId}`, { headers }).then(
				async (response) => ({ status: response.status, body: parseJson(await response.text()) }),
				() => undefined,
			);
			assert.notEqual(answer?.status, 404, `${prompt}: an accepted job is lost`);
			const status = stringAt(answer?.body, 'status');
			if (status === 'COMPLETED') {
				assert.equal(stringAt(objectAt(answer?.body, 'result'), 'text'), `echo ${prompt}`);
				break;
			}
			assert.notEqual(status, 'FAILED', JSON.stringify(answer?.body));
			assert.ok(Date.now() < deadline, `${prompt} has not ended: ${JSON.stringify(answer?.body)}`);
			await sleep(100);
		}
	}
}

/**
 * Every accepted job's end was delivered, in order; what came twice has the same delivery id.
 * Returns the number of repeated deliveries.
 */
export function assertCallbacks(receiver: Receiver, jobs: readonly AcceptedJob[]): number {
	let repeated = 0;
	for (const { processId, prompt } of jobs) {
		const received = receiver.callbacks.filter(({ body }) => body.process_id === processId);
		const once = received.filter(
			({ deliveryId }, index) =>
				received.findIndex((other) => other.deliveryId === deliveryId) === index,
		);
		repeated += received.length - once.length;
		assert.deepEqual(
			once.map(({ body }) => body.status),
			['IN_QUEUE', 'IN_PROGRESS', 'COMPLETED'],
			prompt,
		);
		assert.deepEqual(once.at(-1)?.body.result, { text: `echo ${prompt}` });
	}
	return repeated;
}

/** The process id; undefined when nobody answered. */
async function submit(url: string, prompt: string): Promise<string | undefined> {
	const response = await fetch(`${url}/v1/generate/zephyr-7b-beta?webhook_url_name=crash`, {
		method: 'POST',
		headers,
		body: JSON.stringify({ prompt }),
		signal: AbortSignal.timeout(20_000),
	}).catch(() => undefined);
	if (response === undefined) return undefined;
	const text = await response.text().catch(() => '');
	if (response.status !== 200 || text === '') return undefined;
	return stringAt(parseJson(text), 'process_id');
}
