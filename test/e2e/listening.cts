import assert from 'node:assert/strict';
import { executionsOf, triggeredExecutions } from '../support/n8n/history.cjs';
import type { StoredWorkflow } from '../support/n8n/workflow.cjs';
import { expectEqual, rejection, type Checks } from './checks.cjs';
import type { SingleInstance } from './single-instance.cjs';
import { until } from './until.cjs';
import {
	callbackOf,
	endedJob,
	submitJob,
	names,
	post,
	published,
	TRIGGER,
	urlOf,
} from './workflows.cjs';

/** The editor's requests: for the trigger alone ("Listen for test event") and for the whole workflow. */
const starts = {
	'the trigger alone': { destinationNode: { nodeName: TRIGGER, mode: 'inclusive' } },
	'the whole workflow': { triggerToStartFrom: { name: TRIGGER } },
} as const;

/** The editor's test listening, while the same workflow is published. */
export async function checkListening(instance: SingleInstance, { check }: Checks): Promise<void> {
	const { api, emulator } = instance;
	const workflow: StoredWorkflow = await published(instance, { webhookName: 'mine' });
	const productionUrl = urlOf(instance, 'mine');
	const listen = async (start: object) =>
		await api.session.call<{ waitingForWebhook?: boolean }>(
			'POST',
			`/workflows/${workflow.id}/run`,
			{ workflowData: workflow, ...start },
		);
	const stopListening = async () =>
		await api.session.call('DELETE', `/test-webhook/${workflow.id}`);
	const onlyProduction = async () => {
		await until('the test webhook is gone', () => names(instance).every((name) => name === 'mine'));
		expectEqual('webhooks', names(instance), ['mine']);
		assert(urlOf(instance, 'mine') === productionUrl, 'the published registration was changed');
	};
	const testRuns = async () =>
		(await executionsOf(api, workflow.id)).filter(({ mode }) => mode === 'manual');

	for (const [name, start] of Object.entries(starts)) {
		await check(`listening (${name}): registered, started by a callback, taken back`, async () => {
			const before = (await testRuns()).length;
			expectEqual('answer', await listen(start), { waitingForWebhook: true });
			expectEqual('webhooks', names(instance), ['mine', 'mine-test']);
			const url = urlOf(instance, 'mine-test');
			assert(url.startsWith(`${instance.baseUrl}/webhook-test/`), 'it is not the test URL');
			const id = await submitJob(instance, 'mine-test');
			await until('a test execution ends', async () => (await testRuns()).length > before);
			const [run] = await testRuns();
			const execution = await api.waitForExecution(run?.id ?? '');
			expectEqual('status', execution.status, 'success');
			expectEqual('job', execution.items(TRIGGER)[0]?.json.process_id, id);
			await onlyProduction();
		});
	}

	for (const probe of ['HEAD', 'POST', 'POST-empty'] as const) {
		await check(`listening, probed by ${probe}, and stopped`, async () => {
			const { settings } = emulator.state;
			settings.webhookProbe = probe;
			await listen(starts['the trigger alone']);
			expectEqual('webhooks', names(instance), ['mine', 'mine-test']);
			await stopListening();
			await onlyProduction();
			settings.webhookProbe = 'GET';
		});
	}

	await check('refused callbacks do not end the listening', async () => {
		await listen(starts['the trigger alone']);
		const url = urlOf(instance, 'mine-test');
		const [address = ''] = url.split('?');
		const runs = (await testRuns()).length;
		const id = await endedJob(instance);
		const [, productionToken = ''] = productionUrl.split('?');
		expectEqual('no token', await post(address, callbackOf(id)), 401);
		expectEqual(
			'the published token',
			await post(`${address}?${productionToken}`, callbackOf(id)),
			401,
		);
		expectEqual('a lie', await post(url, callbackOf(id, 'FAILED')), 401);
		expectEqual('a probe', await post(url, {}), 200);
		expectEqual('executions', (await testRuns()).length, runs);
		expectEqual('webhooks', names(instance), ['mine', 'mine-test']);
		expectEqual('the truth', await post(url, callbackOf(id)), 200);
		await until('a test execution', async () => (await testRuns()).length > runs);
		await onlyProduction();
	});

	await check('a test registration that fails leaves the published one alone', async () => {
		const { settings } = emulator.state;
		settings.probeTimeoutMs = 0;
		const refusal = await rejection(listen(starts['the trigger alone']));
		settings.probeTimeoutMs = 5000;
		assert(refusal.includes('could not reach the webhook URL'), refusal);
		await onlyProduction();
	});

	await check('unpublishing while listening leaves the test registration alone', async () => {
		await listen(starts['the trigger alone']);
		await api.unpublish(workflow);
		expectEqual('webhooks', names(instance), ['mine-test']);
		await stopListening();
		await until('no webhook is left', () => names(instance).length === 0);
		await api.publish(workflow);
	});

	await check('the published trigger works after all that', async () => {
		await submitJob(instance, 'mine');
		const [execution] = await triggeredExecutions(api, workflow.id, 1);
		expectEqual('status', execution?.status, 'success');
		await api.unpublish(workflow);
		expectEqual('webhooks', names(instance), []);
	});
}
