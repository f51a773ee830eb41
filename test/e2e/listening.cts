import { executionsOf, triggeredExecutions } from '../support/n8n/history.cjs';
import type { StoredWorkflow } from '../support/n8n/workflow.cjs';
import { demand, same, type Checks } from './checks.cjs';
import type { Instance } from './instance.cjs';
import { until } from './until.cjs';
import { callbackOf, handOver, names, post, published, TRIGGER, urlOf } from './workflows.cjs';

/** What the editor sends: for the trigger alone ("Listen for test event"), and for the whole workflow. */
const starts = {
	'the trigger alone': { destinationNode: { nodeName: TRIGGER, mode: 'inclusive' } },
	'the whole workflow': { triggerToStartFrom: { name: TRIGGER } },
} as const;

/** The editor's test listening, beside the published workflow. */
export async function checkListening(instance: Instance, { check }: Checks): Promise<void> {
	const { api, emulator } = instance;
	const { settings } = emulator.state;
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
		same('webhooks', names(instance), ['mine']);
		demand(urlOf(instance, 'mine') === productionUrl, 'the published registration was changed');
	};
	const testRuns = async () =>
		(await executionsOf(api, workflow.id)).filter(({ mode }) => mode === 'manual');

	for (const [name, start] of Object.entries(starts)) {
		await check(`listening (${name}): registered, started by a callback, taken back`, async () => {
			const before = (await testRuns()).length;
			same('answer', await listen(start), { waitingForWebhook: true });
			same('webhooks', names(instance), ['mine', 'mine-test']);
			const url = urlOf(instance, 'mine-test');
			demand(url.startsWith(`${instance.baseUrl}/webhook-test/`), 'it is not the test URL');
			const id = await handOver(instance, 'mine-test');
			await until('a test execution ends', async () => (await testRuns()).length > before);
			const [run] = await testRuns();
			const execution = await api.waitForExecution(run?.id ?? '');
			same('status', execution.status, 'success');
			same('job', execution.items(TRIGGER)[0]?.json.process_id, id);
			await onlyProduction();
		});
	}

	for (const probe of ['HEAD', 'POST', 'POST-empty'] as const) {
		await check(`listening, probed by ${probe}, and stopped`, async () => {
			settings.webhookProbe = probe;
			await listen(starts['the trigger alone']);
			same('webhooks', names(instance), ['mine', 'mine-test']);
			await stopListening();
			await onlyProduction();
		});
	}
	settings.webhookProbe = 'GET';

	await check('refused callbacks do not end the listening', async () => {
		await listen(starts['the trigger alone']);
		const url = urlOf(instance, 'mine-test');
		const [address = ''] = url.split('?');
		const runs = (await testRuns()).length;
		const id = await handOver(instance);
		const [, productionToken = ''] = productionUrl.split('?');
		same('no token', await post(address, callbackOf(id)), 401);
		same('the published token', await post(`${address}?${productionToken}`, callbackOf(id)), 401);
		same('a lie', await post(url, callbackOf(id, 'FAILED')), 401);
		same('a probe', await post(url, {}), 200);
		same('executions', (await testRuns()).length, runs);
		same('webhooks', names(instance), ['mine', 'mine-test']);
		same('the truth', await post(url, callbackOf(id)), 200);
		await until('a test execution', async () => (await testRuns()).length > runs);
		await onlyProduction();
	});

	await check('a test registration that fails leaves the published one alone', async () => {
		settings.probeTimeoutMs = 0;
		const refusal = await listen(starts['the trigger alone']).then(
			() => 'listening',
			(error: Error) => error.message,
		);
		settings.probeTimeoutMs = 5000;
		demand(refusal.includes('could not reach the webhook URL'), refusal);
		await onlyProduction();
	});

	await check('unpublishing while listening leaves the test registration alone', async () => {
		await listen(starts['the trigger alone']);
		await api.unpublish(workflow);
		same('webhooks', names(instance), ['mine-test']);
		await stopListening();
		await until('no webhook is left', () => names(instance).length === 0);
		await api.publish(workflow);
	});

	await check('the published trigger works after all that', async () => {
		await handOver(instance, 'mine');
		const [execution] = await triggeredExecutions(api, workflow.id, 1);
		same('status', execution?.status, 'success');
		await api.unpublish(workflow);
		same('webhooks', names(instance), []);
	});
}
