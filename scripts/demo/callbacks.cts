import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { N8nApi } from '../../test/support/n8n/api.cjs';
import type { Execution } from '../../test/support/n8n/execution.cjs';
import { executionsOf, triggeredExecutions } from '../../test/support/n8n/history.cjs';
import type { NamedWorkflow } from '../../test/support/n8n/workflow-files.cjs';
import type { StoredWorkflow } from '../../test/support/n8n/workflow.cjs';
import { factsOf, runStored, saveFiles, type Outcome } from './outcome.cjs';
import { checked, report, type Row } from './print.cjs';
import type { Service } from './service.cjs';

const TRIGGER = 'MonsterAPI Trigger';

/** The examples with callbacks: one workflow submits, the other receives. */
const callbackPairs = [
	{ submit: 'transcription-hand-over', receive: 'transcription-receive', result: 'Transcript' },
	{ submit: 'hand-over-and-receive', receive: 'hand-over-and-receive', result: 'Result' },
] as const;

/** Whether an example is one of those. */
export const callsBack = ({ id }: NamedWorkflow): boolean =>
	callbackPairs.some(({ submit, receive }) => id === submit || id === receive);

export interface CallbackRun {
	rows: Row[];
	/** Unpublishes the workflows; afterwards none of their webhooks may be registered. */
	unpublish: () => Promise<Row>;
}

/** Publishes the receiving workflows, runs the submitting ones and checks the executions that callbacks start. */
export async function runCallbacks(
	api: N8nApi,
	service: Service,
	examples: NamedWorkflow[],
	expectations: Readonly<Record<string, (outcome: Outcome) => string>>,
	timeoutMs: number,
): Promise<CallbackRun> {
	const rows: Row[] = [];
	const published: StoredWorkflow[] = [];
	const named = (id: string) => {
		const example = examples.find((one) => one.id === id);
		assert(example !== undefined, `there is no example ${id}`);
		return example;
	};

	for (const { submit, receive, result } of callbackPairs) {
		const [sender, receiver] = [named(submit), named(receive)];
		report(`Running "${sender.workflow.name}" …`);
		let accepted: Outcome | undefined;
		let listening: StoredWorkflow | undefined;
		const submitted = await checked(submit, async () => {
			listening = await api.createWorkflow(receiver.workflow);
			await api.publish(listening);
			published.push(listening);
			const stored = sender === receiver ? listening : await api.createWorkflow(sender.workflow);
			const outcome = await runStored(api, service, sender, stored, timeoutMs);
			const line = `accepted as ${processIdOf(outcome.execution, 'Hand over')}`;
			accepted = outcome;
			return { result: line, seconds: outcome.seconds };
		});
		rows.push(submitted);
		rows.push(
			await checked(sender === receiver ? `${receive} (received)` : receive, async () => {
				assert(accepted !== undefined && listening !== undefined, 'nothing was handed over');
				const id = processIdOf(accepted.execution, 'Hand over');
				const execution = await received(api, service, listening.id, id, timeoutMs);
				const items = execution.items(result);
				const files = await saveFiles(api, receiver, execution.items(TRIGGER));
				const { seconds } = execution;
				const facts = await factsOf(service, items);
				const expectation = expectations[receive];
				assert(expectation !== undefined, 'this example has no expectation');
				return {
					result: expectation({ ...accepted, execution, items, files, seconds, facts }),
					facts,
				};
			}),
		);
	}
	const unpublish = async () =>
		await checked('(unpublished)', async () => {
			for (const { id, versionId } of published) await api.unpublish({ id, versionId });
			const names = published.flatMap(({ nodes }) =>
				nodes.map((node) => node.parameters.webhookName),
			);
			const left = (await registeredNames(service)).filter((name) => names.includes(name));
			assert(left.length === 0, `MonsterAPI still has the webhooks ${left.join(', ')}`);
			return { result: 'MonsterAPI has none of their webhooks left' };
		});
	return { rows, unpublish };
}

/** The names under which webhooks are registered. */
async function registeredNames({ baseUrl, apiKey }: Service): Promise<unknown[]> {
	const headers = { authorization: `Bearer ${apiKey}` };
	const response = await fetch(`${baseUrl}/webhook`, { headers });
	// An empty list may be a 404.
	if (response.status === 404) return [];
	const list: unknown = await response.json();
	assert(response.ok && Array.isArray(list), `the webhooks were answered by ${response.status}`);
	return list.map(({ url_name }: { url_name?: unknown }) => url_name);
}

function processIdOf(execution: Execution, node: string): string {
	const id = execution.items(node)[0]?.json.process_id;
	assert(typeof id === 'string', `"${node}" gave no process id`);
	return id;
}

/** The execution that a job's callbacks started. Throws unless there is exactly one. */
async function received(
	api: N8nApi,
	service: Service,
	workflowId: string,
	processId: string,
	timeoutMs: number,
): Promise<Execution> {
	const [first] = await triggeredExecutions(api, workflowId, 1, timeoutMs);
	assert(first !== undefined, 'no execution was started');
	if (service.emulator) await untilAllSent(service.emulator.state, processId);
	const all = (await executionsOf(api, workflowId)).filter(({ mode }) => mode === 'webhook');
	assert(all.length === 1, `1 execution expected, ${all.length} were started`);
	const execution = await api.execution(first.id);
	const reason = execution.error?.message ?? 'no reason given';
	assert(execution.status === 'success', `the execution ended as ${execution.status}: ${reason}`);
	const matches = processIdOf(execution, TRIGGER) === processId;
	assert(matches, 'the callback belongs to another process id');
	return execution;
}

/** Waits until the emulator has sent all callbacks for the end of a job. */
async function untilAllSent(
	{ callbacks, settings }: NonNullable<Service['emulator']>['state'],
	processId: string,
): Promise<void> {
	const ends = () =>
		callbacks.filter((sent) => sent.process_id === processId && sent.status === 'COMPLETED');
	while (ends().length < settings.callbackRepeat) await delay(50);
	const refused = ends().filter(({ responseStatus }) => responseStatus !== 200);
	assert(refused.length === 0, `n8n answered ${refused[0]?.responseStatus} to a callback`);
}
