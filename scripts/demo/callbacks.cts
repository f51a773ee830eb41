import { setTimeout as delay } from 'node:timers/promises';
import type { N8nApi } from '../../test/support/n8n/api.cjs';
import type { Execution } from '../../test/support/n8n/execution.cjs';
import { executionsOf, triggeredExecutions } from '../../test/support/n8n/history.cjs';
import type { NamedWorkflow } from '../../test/support/n8n/workflow-files.cjs';
import type { StoredWorkflow } from '../../test/support/n8n/workflow.cjs';
import { demand } from './assert.cjs';
import { runStored, saveFiles, type Outcome } from './outcome.cjs';
import { checked, report, type Row } from './print.cjs';
import type { Service } from './service.cjs';

const TRIGGER = 'MonsterAPI Trigger';

/** The examples that MonsterAPI has to call back for: who hands over, and who receives. */
export const callbackPairs = [
	{ handOver: 'transcription-hand-over', receive: 'transcription-receive', result: 'Transcript' },
	{ handOver: 'hand-over-and-receive', receive: 'hand-over-and-receive', result: 'Result' },
] as const;

/** Whether an example is one of those. */
export const callsBack = ({ id }: NamedWorkflow): boolean =>
	callbackPairs.some(({ handOver, receive }) => id === handOver || id === receive);

export interface CallbackRun {
	rows: Row[];
	/** Takes the workflows out of production; MonsterAPI must know no webhook of theirs afterwards. */
	unpublish(): Promise<Row>;
}

/** Publishes the receiving workflows, runs the others and checks what the callbacks start. */
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
		demand(example !== undefined, `there is no example ${id}`);
		return example;
	};

	for (const { handOver, receive, result } of callbackPairs) {
		const [sender, receiver] = [named(handOver), named(receive)];
		report(`Running "${sender.workflow.name}" …`);
		let accepted: Outcome | undefined;
		let listening: StoredWorkflow | undefined;
		const handedOver = await checked(handOver, async () => {
			listening = await api.createWorkflow(receiver.workflow);
			await api.publish(listening);
			published.push(listening);
			const stored = sender === receiver ? listening : await api.createWorkflow(sender.workflow);
			const outcome = await runStored(api, sender, stored, service.emulated, timeoutMs);
			const line = `accepted as ${processIdOf(outcome.execution, 'Hand over')}`;
			accepted = outcome;
			return [line, outcome.seconds];
		});
		rows.push(handedOver);
		rows.push(
			await checked(sender === receiver ? `${receive} (received)` : receive, async () => {
				demand(accepted !== undefined && listening !== undefined, 'nothing was handed over');
				const id = processIdOf(accepted.execution, 'Hand over');
				const execution = await received(api, service, listening.id, id, timeoutMs);
				const items = execution.items(result);
				const files = await saveFiles(api, receiver, execution.items(TRIGGER));
				const { seconds } = execution;
				const { emulated } = service;
				const expectation = expectations[receive];
				demand(expectation !== undefined, 'nothing says what this example should give');
				return [expectation({ execution, items, files, seconds, emulated })];
			}),
		);
	}
	const unpublish = async () =>
		await checked('(unpublished)', async () => {
			for (const { id, versionId } of published) await api.unpublish({ id, versionId });
			if (!service.emulator) return [`${published.length} workflows`];
			const left = [...service.emulator.state.webhooks.keys()];
			demand(left.length === 0, `MonsterAPI still has the webhooks ${left.join(', ')}`);
			return ['MonsterAPI has no webhook left'];
		});
	return { rows, unpublish };
}

function processIdOf(execution: Execution, node: string): string {
	const id = execution.items(node)[0]?.json.process_id;
	demand(typeof id === 'string', `"${node}" gave no process id`);
	return id;
}

/** The one execution that the callbacks of a job have started. Throws when there is none, or more. */
async function received(
	api: N8nApi,
	service: Service,
	workflowId: string,
	processId: string,
	timeoutMs: number,
): Promise<Execution> {
	const [first] = await triggeredExecutions(api, workflowId, 1, timeoutMs);
	demand(first !== undefined, 'no execution was started');
	if (service.emulator) await untilAllSent(service.emulator.state, processId);
	const all = (await executionsOf(api, workflowId)).filter(({ mode }) => mode === 'webhook');
	demand(all.length === 1, `1 execution expected, ${all.length} were started`);
	const execution = await api.execution(first.id);
	const reason = execution.error?.message ?? 'no reason given';
	demand(execution.status === 'success', `the execution ended as ${execution.status}: ${reason}`);
	const same = processIdOf(execution, TRIGGER) === processId;
	demand(same, 'the callback belongs to another process id');
	return execution;
}

/** Until the emulator has sent the end of a job as often as it sends it. */
async function untilAllSent(
	{ callbacks, settings }: NonNullable<Service['emulator']>['state'],
	processId: string,
): Promise<void> {
	const ends = () =>
		callbacks.filter((sent) => sent.process_id === processId && sent.status === 'COMPLETED');
	while (ends().length < settings.callbackRepeat) await delay(50);
	const refused = ends().filter(({ responseStatus }) => responseStatus !== 200);
	demand(refused.length === 0, `n8n answered ${refused[0]?.responseStatus} to a callback`);
}
