import { randomUUID } from 'node:crypto';

import type { StoredWorkflow } from '../support/n8n/workflow.cjs';
import { demand, same, type Checks } from './checks.cjs';
import type { Instance } from './instance.cjs';
import { expectExecutions, names, published, triggerWorkflow, urlOf } from './workflows.cjs';

const probes = ['GET', 'HEAD', 'POST', 'POST-empty'] as const;

/** Registration by publishing, and its end. */
export async function checkPublishing(instance: Instance, { check }: Checks): Promise<void> {
	const { api, emulator } = instance;
	const { state } = emulator;
	const unpublish = async (...workflows: StoredWorkflow[]) => {
		for (const workflow of workflows) await api.unpublish(workflow);
	};
	const registrations = () =>
		state.requests.filter(({ method, path }) => method === 'POST' && path === '/v1/webhook').length;

	let workflow: StoredWorkflow | undefined;
	for (const probe of probes) {
		await check(`publish, probed by ${probe}`, async () => {
			state.settings.webhookProbe = probe;
			workflow ??= await api.createWorkflow(triggerWorkflow(instance, { webhookName: 'probed' }));
			await api.publish(workflow);
			same('webhooks', names(instance), ['probed']);
			const url = urlOf(instance, 'probed');
			demand(url.startsWith(`${instance.baseUrl}/webhook/`), `the URL is ${url.split('?')[0]}`);
			demand(/\?token=[\w-]{43}$/.test(url), 'the URL has no token');
			await api.unpublish(workflow);
			same('webhooks after unpublishing', names(instance), []);
			await expectExecutions(instance, workflow, 0);
		});
	}
	state.settings.webhookProbe = 'GET';

	await check('publish twice leaves one registration', async () => {
		const twice = await published(instance, { webhookName: 'twice' });
		const before = urlOf(instance, 'twice');
		await api.publish(twice);
		same('webhooks', names(instance), ['twice']);
		same('URL', urlOf(instance, 'twice'), before);
		await unpublish(twice);
		same('webhooks after unpublishing', names(instance), []);
	});

	await check('two triggers in one workflow have two names', async () => {
		const two = await api.createWorkflow(triggerWorkflow(instance, {}, {}));
		await api.publish(two);
		const expected = two.nodes.slice(0, 2).map(({ id }) => `n8n-${two.id}-${id}`);
		same('webhooks', names(instance), expected.sort());
		demand(new Set(names(instance).map((name) => urlOf(instance, name))).size === 2, 'one URL');
		await unpublish(two);
		same('webhooks after unpublishing', names(instance), []);
	});

	await check('the same workflow imported twice has names of its own', async () => {
		const file = triggerWorkflow(instance, {});
		// As the editor does: a new webhook id, and the node's id as it was. (Without any webhook id n8n 1.x does not
		// find the URL of a node whose name has a space in it.)
		const nodes = file.nodes.map((one) => ({ ...one, webhookId: randomUUID() }));
		const copy = { ...file, nodes };
		const [first, second] = [await api.createWorkflow(file), await api.createWorkflow(copy)];
		await api.publish(first);
		await api.publish(second);
		same('number of webhooks', names(instance).length, 2);
		await unpublish(first);
		same('webhooks', names(instance), [`n8n-${second.id}-${second.nodes[0]?.id}`]);
		await unpublish(second);
	});

	await check('renaming workflow and node keeps the name', async () => {
		const renamed = await published(instance);
		const before = names(instance);
		const { id, versionId, nodes } = renamed;
		const [trigger, end] = nodes;
		const body = {
			name: 'Renamed',
			versionId,
			nodes: [{ ...trigger, name: 'Other name' }, end],
			connections: {},
		};
		const saved = await api.session.call<StoredWorkflow>('PATCH', `/workflows/${id}`, body);
		await api.publish(saved);
		same('webhooks', names(instance), before);
		await unpublish(saved);
		same('webhooks after unpublishing', names(instance), []);
	});

	await check('a name that is gone already does not hinder unpublishing', async () => {
		const gone = await published(instance, { webhookName: 'gone' });
		state.webhooks.clear();
		state.settings.webhookGone = '404';
		state.settings.webhookEmpty = '404';
		await unpublish(gone);
		state.settings.webhookGone = '200';
		state.settings.webhookEmpty = 'list';
	});

	await check('an unreachable URL is explained', async () => {
		const { requests } = state;
		requests.length = 0;
		state.settings.probeTimeoutMs = 0;
		const unreachable = await api.createWorkflow(triggerWorkflow(instance, {}));
		const refusal = await api.publish(unreachable).then(
			() => 'published',
			(error: Error) => error.message,
		);
		state.settings.probeTimeoutMs = 5000;
		// n8n 2.x shows the message, n8n 1.x the description.
		demand(/could not reach the webhook URL|set N8N_WEBHOOK_URL/.test(refusal), refusal);
		same('tries', registrations(), 1);
		same('webhooks', names(instance), []);
	});
}
