import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import { identityOf } from '../../nodes/MonsterApiTrigger/identity';
import type { StoredWorkflow } from '../support/n8n/workflow.cjs';
import { expectEqual, rejection, type Checks } from './checks.cjs';
import type { SingleInstance } from './single-instance.cjs';
import { expectExecutions, names, published, triggerWorkflow, urlOf } from './workflows.cjs';

/** How MonsterAPI may try a URL; the first is what emulator and gateway do unless a test says otherwise. */
const probes = ['GET', 'HEAD', 'POST', 'POST-empty'] as const;

/** The name of a trigger whose Webhook Name is empty. */
const defaultName = ({ id }: StoredWorkflow, nodeId = ''): string =>
	identityOf({ id: nodeId, name: '' }, id, '', false).name;

/** Publishing registers the webhook, unpublishing deletes it. */
export async function checkPublishing(instance: SingleInstance, { check }: Checks): Promise<void> {
	const { api, emulator, version } = instance;
	const { state } = emulator;
	const unpublish = async (...workflows: StoredWorkflow[]) => {
		for (const workflow of workflows) await api.unpublish(workflow);
	};
	const registrations = () =>
		state.requests.filter(({ method, path }) => method === 'POST' && path === '/v1/webhook').length;

	let workflow: StoredWorkflow | undefined;
	for (const probe of probes) {
		await check(`publish, probed by ${probe}`, async () => {
			if (probe !== 'GET') state.settings.webhookProbe = probe;
			workflow ??= await api.createWorkflow(triggerWorkflow(instance, { webhookName: 'probed' }));
			await api.publish(workflow);
			expectEqual('webhooks', names(instance), ['probed']);
			const url = urlOf(instance, 'probed');
			assert(url.startsWith(`${instance.baseUrl}/webhook/`), `the URL is ${url.split('?')[0]}`);
			assert(/\?token=[\w-]{43}$/.test(url), 'the URL has no token');
			await api.unpublish(workflow);
			expectEqual('webhooks after unpublishing', names(instance), []);
			await expectExecutions(instance, workflow, 0);
			if (probe !== 'GET') state.settings.webhookProbe = 'GET';
		});
	}

	await check('publish twice leaves one registration', async () => {
		const twice = await published(instance, { webhookName: 'twice' });
		const before = urlOf(instance, 'twice');
		await api.publish(twice);
		expectEqual('webhooks', names(instance), ['twice']);
		expectEqual('URL', urlOf(instance, 'twice'), before);
		await unpublish(twice);
		expectEqual('webhooks after unpublishing', names(instance), []);
	});

	await check('two triggers in one workflow have two names', async () => {
		const two = await api.createWorkflow(triggerWorkflow(instance, {}, {}));
		await api.publish(two);
		const expected = two.nodes.slice(0, 2).map(({ id }) => defaultName(two, id));
		expectEqual('webhooks', names(instance), expected.sort());
		assert(new Set(names(instance).map((name) => urlOf(instance, name))).size === 2, 'one URL');
		await unpublish(two);
		expectEqual('webhooks after unpublishing', names(instance), []);
	});

	await check('the same workflow imported twice has names of its own', async () => {
		const file = triggerWorkflow(instance, {});
		// Like the editor: a new webhook id and the same node id. (Without a webhook id n8n 1.x does not find the URL of
		// a node whose name contains a space.)
		const nodes = file.nodes.map((one) => ({ ...one, webhookId: randomUUID() }));
		const copy = { ...file, nodes };
		const [first, second] = [await api.createWorkflow(file), await api.createWorkflow(copy)];
		await api.publish(first);
		await api.publish(second);
		expectEqual('number of webhooks', names(instance).length, 2);
		await unpublish(first);
		expectEqual('webhooks', names(instance), [defaultName(second, second.nodes[0]?.id)]);
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
		expectEqual('webhooks', names(instance), before);
		await unpublish(saved);
		expectEqual('webhooks after unpublishing', names(instance), []);
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
		const refusal = await rejection(api.publish(unreachable));
		state.settings.probeTimeoutMs = 5000;
		assert(/could not reach the webhook URL.*set N8N_WEBHOOK_URL/.test(refusal), refusal);
		// n8n 2.40 itself tries each trigger five times.
		expectEqual('attempts', registrations(), version.startsWith('1.') ? 1 : 5);
		expectEqual('webhooks', names(instance), []);
		// n8n 2.40 would try it again at its next start.
		await unpublish(unreachable);
	});
}
