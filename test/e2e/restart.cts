import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';

import { triggeredExecutions } from '../support/n8n/history.cjs';
import { expectEqual, type Checks } from './checks.cjs';
import { apiKey } from './instance.cjs';
import { readJob } from './job-status.cjs';
import type { SingleInstance } from './single-instance.cjs';
import { until } from './until.cjs';
import {
	callbackOf,
	endedJob,
	expectExecutions,
	submitJob,
	names,
	post,
	published,
	urlOf,
} from './workflows.cjs';

/** Published triggers survive a restart of n8n. */
export async function checkRestart(instance: SingleInstance, { check }: Checks): Promise<void> {
	const { state } = instance.emulator;
	const kept = await published(instance, { webhookName: 'kept' });
	const changed = await published(instance, { webhookName: 'changed' });
	const [keptUrl, changedUrl] = [urlOf(instance, 'kept'), urlOf(instance, 'changed')];
	const early = await endedJob(instance);
	const elsewhere = await resultUrl(instance);

	await check('a callback before the restart', async () => {
		expectEqual('answer', await post(keptUrl, callbackOf(early)), 200);
		await triggeredExecutions(instance.api, kept.id, 1);
	});
	await check('n8n ends and starts again', async () => {
		await instance.restart({}, async () => {
			expectEqual('webhooks while n8n is down', names(instance), ['changed', 'kept']);
			await register(instance, 'changed', elsewhere);
		});
	});
	await check('a registration that was changed meanwhile is repaired', async () => {
		// n8n 2.40 does not ask at its start what MonsterAPI has, and publishing the same version again changes nothing.
		if (!instance.version.startsWith('1.')) {
			await instance.api.unpublish(changed);
			await instance.api.publish(changed);
		}
		const repaired = () => state.webhooks.get('changed')?.webhook_url === changedUrl;
		await until('it has the same URL as before', repaired);
		expectEqual('webhooks', names(instance), ['changed', 'kept']);
		assert(urlOf(instance, 'kept') === keptUrl, 'the other registration was changed');
	});
	await check('a duplicate of a callback from before the restart starts nothing', async () => {
		expectEqual('answer', await post(keptUrl, callbackOf(early)), 200);
		await delay(1000);
		await expectExecutions(instance, kept, 1);
	});
	await check('both triggers still work', async () => {
		await submitJob(instance, 'kept');
		await submitJob(instance, 'changed');
		await triggeredExecutions(instance.api, kept.id, 2);
		await triggeredExecutions(instance.api, changed.id, 1);
	});
	await check('unpublishing after the restart takes the registrations back', async () => {
		await instance.api.unpublish(kept);
		await instance.api.unpublish(changed);
		expectEqual('webhooks', names(instance), []);
	});
}

/** An address that answers 200 while n8n is down: a file that MonsterAPI has made. */
async function resultUrl(instance: SingleInstance): Promise<string> {
	const id = await submitJob(instance, undefined, 'txt2img');
	let url: string | undefined;
	await until('the file is made', async () => {
		url = (await readJob(instance.emulator, id)).result?.output?.[0];
		return url !== undefined;
	});
	return url ?? '';
}

/** Registers a webhook at MonsterAPI, as another program might. */
async function register(
	{ emulator }: SingleInstance,
	url_name: string,
	webhook_url: string,
): Promise<void> {
	const { status } = await fetch(`${emulator.baseUrl}/webhook`, {
		method: 'POST',
		headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
		body: JSON.stringify({ url_name, webhook_url }),
	});
	expectEqual('answer to the registration', status, 200);
}
