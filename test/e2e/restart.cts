import { setTimeout as delay } from 'node:timers/promises';

import { triggeredExecutions } from '../support/n8n/history.cjs';
import { demand, same, type Checks } from './checks.cjs';
import type { Instance } from './instance.cjs';
import { until } from './until.cjs';
import {
	callbackOf,
	expectExecutions,
	handOver,
	names,
	post,
	published,
	urlOf,
} from './workflows.cjs';

/** Published triggers outlast a restart of n8n. */
export async function checkRestart(instance: Instance, { check }: Checks): Promise<void> {
	const { webhooks } = instance.emulator.state;
	const kept = await published(instance, { webhookName: 'kept' });
	const changed = await published(instance, { webhookName: 'changed' });
	const [keptUrl, changedUrl] = [urlOf(instance, 'kept'), urlOf(instance, 'changed')];
	const early = await handOver(instance);

	await check('a callback before the restart', async () => {
		same('answer', await post(keptUrl, callbackOf(early)), 200);
		await triggeredExecutions(instance.api, kept.id, 1);
	});
	await check('n8n ends and starts again', async () => {
		await instance.restart(() => {
			same('webhooks while n8n is down', names(instance), ['changed', 'kept']);
			const webhook_url = 'http://127.0.0.1:9/elsewhere';
			webhooks.set('changed', { url_name: 'changed', webhook_url });
		});
	});
	await check('a registration that was changed meanwhile is repaired', async () => {
		const repaired = () => webhooks.get('changed')?.webhook_url === changedUrl;
		await until('it has the same URL as before', repaired);
		same('webhooks', names(instance), ['changed', 'kept']);
		demand(urlOf(instance, 'kept') === keptUrl, 'the other registration was changed');
	});
	await check('a duplicate of a callback from before the restart starts nothing', async () => {
		same('answer', await post(keptUrl, callbackOf(early)), 200);
		await delay(1000);
		await expectExecutions(instance, kept, 1);
	});
	await check('both triggers still work', async () => {
		await handOver(instance, 'kept');
		await handOver(instance, 'changed');
		await triggeredExecutions(instance.api, kept.id, 2);
		await triggeredExecutions(instance.api, changed.id, 1);
	});
	await check('unpublishing after the restart takes the registrations back', async () => {
		await instance.api.unpublish(kept);
		await instance.api.unpublish(changed);
		same('webhooks', names(instance), []);
	});
}
