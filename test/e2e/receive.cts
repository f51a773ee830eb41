import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';

import { triggeredExecutions } from '../support/n8n/history.cjs';
import { expectEqual, type Checks } from './checks.cjs';
import { endlessModel } from './instance.cjs';
import { readJob } from './job-status.cjs';
import type { SingleInstance } from './single-instance.cjs';
import {
	callbackOf,
	endedJob,
	expectExecutions,
	submitJob,
	post,
	published,
	TRIGGER,
	urlOf,
	runJobWait,
} from './workflows.cjs';

const unknownJob = '0b7e3c1e-1111-2222-3333-444455556666';

/** Longer than n8n takes to record an unwanted execution. */
const settleMs = 1000;

/** What a callback starts. */
export async function checkReceiving(instance: SingleInstance, { check }: Checks): Promise<void> {
	const { api, emulator } = instance;

	await check('a callback that comes three times starts one execution', async () => {
		const { settings } = emulator.state;
		const workflow = await published(instance, { webhookName: 'repeated' });
		settings.callbackRepeat = 3;
		await submitJob(instance, 'repeated');
		await triggeredExecutions(api, workflow.id, 1);
		await delay(settleMs);
		settings.callbackRepeat = 1;
		await expectExecutions(instance, workflow, 1);
		await api.unpublish(workflow);
	});

	await check('a callback starts one execution with the item of Job > Wait', async () => {
		const workflow = await published(instance, { webhookName: 'received' });
		const id = await submitJob(instance, 'received', 'txt2img', { prompt: 'A boat' });
		const [execution] = await triggeredExecutions(api, workflow.id, 1);
		await delay(settleMs);
		await expectExecutions(instance, workflow, 1);
		assert(execution?.status === 'success', `it ended as ${execution?.status}`);
		const [triggered] = (await api.execution(execution.id)).items(TRIGGER);
		const [waited] = (await runJobWait(instance, id)).items('Wait');
		// The callback names the model; the status does not.
		expectEqual('item', triggered?.json, { ...waited?.json, model: 'txt2img' });
		const fileOf = (item: typeof waited) => {
			const { fileName, mimeType, fileSize } = item?.binary?.data ?? {};
			return { fields: Object.keys(item?.binary ?? {}), fileName, mimeType, fileSize };
		};
		expectEqual('file', fileOf(triggered), fileOf(waited));
		assert(fileOf(waited).fileName !== undefined, 'there is no file');
		await api.unpublish(workflow);
	});

	await check('a failed job starts an execution with its message', async () => {
		const workflow = await published(instance, { webhookName: 'failing' });
		// A file that is not there.
		const file = `${emulator.origin}/files/nothing/there.wav`;
		const id = await submitJob(instance, 'failing', 'whisper', { file });
		const [execution] = await triggeredExecutions(api, workflow.id, 1);
		const [item] = (await api.execution(execution?.id ?? '')).items(TRIGGER);
		const { result } = await readJob(emulator, id);
		assert(result?.errorMessage !== undefined, 'the job did not fail');
		expectEqual(
			'status and message',
			[item?.json.status, item?.json.message],
			['FAILED', result.errorMessage],
		);
		await api.unpublish(workflow);
	});

	await check(
		'a sender that goes away while a rate limit is waited out loses nothing',
		async () => {
			const workflow = await published(instance, { webhookName: 'limited' });
			const id = await submitJob(instance);
			// Longer than the 20 s that the trigger waits for an unreachable API.
			const headers = { 'retry-after': '25' };
			emulator.state.faults.push({ method: 'GET', path: '/v1/status/', status: 429, headers });
			const gone = await fetch(urlOf(instance, 'limited'), {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify(callbackOf(id)),
				signal: AbortSignal.timeout(1_000),
			}).catch((error: unknown) => error);
			assert(gone instanceof Error, 'it was answered at once');
			const [execution] = await triggeredExecutions(api, workflow.id, 1);
			expectEqual('status', execution?.status, 'success');
			await api.unpublish(workflow);
		},
	);

	for (const type of ['text/plain', null]) {
		await check(`a true callback is read with content type ${type ?? 'none'}`, async () => {
			const workflow = await published(instance, { webhookName: 'typed' });
			const id = await endedJob(instance);
			expectEqual('answer', await post(urlOf(instance, 'typed'), callbackOf(id), type), 200);
			await triggeredExecutions(api, workflow.id, 1);
			await api.unpublish(workflow);
		});
	}
}

/** Forged and broken callbacks: each is answered, none starts or records an execution. */
export async function checkRefusals(instance: SingleInstance, { check }: Checks): Promise<void> {
	const { api } = instance;
	const workflow = await published(instance, { webhookName: 'attacked' });
	const other = await published(instance, { webhookName: 'other' });
	const url = urlOf(instance, 'attacked');
	const [address = ''] = url.split('?');
	const tokenOfOther = urlOf(instance, 'other').split('?')[1] ?? '';
	const job = await endedJob(instance);
	const running = await submitJob(instance, undefined, endlessModel);

	const megabytes = JSON.stringify({ padding: 'x'.repeat(10_000_000) });
	const refusals: Array<[string, string, unknown, number, (string | null)?]> = [
		['no token', address, callbackOf(job), 401],
		['a wrong token', `${address}?token=${'A'.repeat(43)}`, callbackOf(job), 401],
		['the token of another trigger', `${address}?${tokenOfOther}`, callbackOf(job), 401],
		['two tokens', `${url}&token=x`, callbackOf(job), 401],
		['an unknown job', url, callbackOf(unknownJob), 401],
		['an unknown job as text', url, callbackOf(unknownJob), 401, 'text/plain'],
		['an unknown job without a type', url, callbackOf(unknownJob), 401, null],
		['a lie about the status', url, callbackOf(running), 401],
		['a lie about a failure', url, callbackOf(job, 'FAILED'), 401],
		['a path in the id', url, callbackOf('../deploy/list'), 400],
		['a status nobody asked for', url, callbackOf(job, 'IN_PROGRESS'), 200],
		['10 MB', url, megabytes, 200],
		['10 MB as text', url, megabytes, 200, 'text/plain'],
		['no JSON', url, 'process_id=x', 422],
		['no JSON as text', url, 'process_id=x', 200, 'text/plain'],
		[
			'a form',
			url,
			`process_id=${unknownJob}&status=COMPLETED`,
			401,
			'application/x-www-form-urlencoded',
		],
		['XML that is none', url, '<a', 422, 'application/xml'],
		['null', url, 'null', 200],
		['an array', url, [callbackOf(job)], 200],
		['a number', url, '7', 200],
		['deep nesting', url, '['.repeat(50_000) + ']'.repeat(50_000), 200],
		['prototype keys', url, '{"__proto__":{"process_id":"x"}}', 200],
	];
	for (const [name, to, body, status, type] of refusals) {
		await check(`${name}: ${status}`, async () => {
			expectEqual('answer', await post(to, body, type), status);
		});
	}
	await check('no execution was recorded for any of them, and n8n is well', async () => {
		await delay(settleMs);
		await expectExecutions(instance, workflow, 0);
		await expectExecutions(instance, other, 0);
		const health = await fetch(`${instance.baseUrl}/healthz`);
		expectEqual('health', health.status, 200);
	});
	await check('a true callback is still accepted after them', async () => {
		expectEqual('answer', await post(url, callbackOf(job)), 200);
		const [execution] = await triggeredExecutions(api, workflow.id, 1);
		expectEqual('status', execution?.status, 'success');
	});
	await api.unpublish(workflow);
	await api.unpublish(other);
}
