import { basename, extname, join, relative } from 'node:path';
import type { N8nApi } from '../../test/support/n8n/api.cjs';
import { projectFolder } from '../../test/support/n8n/cache-folder.cjs';
import type { Execution, ExecutionItem } from '../../test/support/n8n/execution.cjs';
import type { NamedWorkflow } from '../../test/support/n8n/workflow-files.cjs';
import type { StoredWorkflow } from '../../test/support/n8n/workflow.cjs';
import type { JobFacts } from './job-facts.cjs';
import type { Service } from './service.cjs';

/** A saved output file. */
export interface SavedFile {
	name: string;
	path: string;
	bytes: number;
	mimeType: string;
}

/** The outcome of one example. */
export interface Outcome {
	execution: Execution;
	/** Items of the last node. */
	items: ExecutionItem[];
	/** The saved files of these items. */
	files: SavedFile[];
	seconds: number;
	/** About the job that the first item with a process id comes from. */
	facts: JobFacts;
	/** The sentence of the recording that was transcribed, if a real voice spoke it. */
	spoken?: string;
	/** The emulator, where it was MonsterAPI: its results are known exactly. */
	emulator: boolean;
}

export const outputFolder = join(projectFolder, 'demo-output');

/** A path relative to the project folder. */
export const shortPath = (path: string) => relative(projectFolder, path);

/** Whether an example starts a deployment, which is billed by the hour. */
export const deploys = ({ workflow }: NamedWorkflow): boolean =>
	workflow.nodes.some(({ parameters }) => /^deploy/.test(String(parameters['operation'])));

/** Saves the binary files of items. */
export async function saveFiles(
	api: N8nApi,
	example: NamedWorkflow,
	items: ExecutionItem[],
): Promise<SavedFile[]> {
	const saved: SavedFile[] = [];
	for (const [index, item] of items.entries()) {
		for (const [field, file] of Object.entries(item.binary ?? {})) {
			const name = basename(file.fileName ?? field);
			// Equal names are made unique by the item and the field.
			const taken = saved.some((other) => other.name === name);
			const unique = taken
				? `${basename(name, extname(name))}-${index}-${field}${extname(name)}`
				: name;
			const path = join(outputFolder, example.id, unique);
			const bytes = await api.download(file, path);
			saved.push({ name: unique, path, bytes, mimeType: file.mimeType });
		}
	}
	return saved;
}

/** Imports an example, runs it once and saves its output files. Throws when it fails. */
export async function runExample(
	api: N8nApi,
	service: Service,
	example: NamedWorkflow,
	timeoutMs: number,
): Promise<Outcome> {
	const stored = await api.createWorkflow(example.workflow);
	return await runStored(api, service, example, stored, timeoutMs);
}

/** The same for an imported example. */
export async function runStored(
	api: N8nApi,
	service: Service,
	example: NamedWorkflow,
	stored: StoredWorkflow,
	timeoutMs: number,
): Promise<Outcome> {
	const execution = await api.runToEnd(stored, timeoutMs);
	execution.requireSuccess();
	const last = execution.nodeNames().at(-1) ?? '';
	const items = execution.items(last);
	const spoken = await spokenSentence(service, example, execution);
	return {
		execution,
		items,
		files: await saveFiles(api, example, items),
		seconds: execution.seconds,
		facts: await factsOf(service, items),
		...(spoken !== undefined && { spoken }),
		emulator: service.emulator !== undefined,
	};
}

/** The facts of the job that the first item with a process id comes from. */
export async function factsOf(service: Service, items: ExecutionItem[]): Promise<JobFacts> {
	for (const { json } of items) {
		if (typeof json.process_id === 'string') return await service.jobFacts(json.process_id);
	}
	return { emulated: service.emulator !== undefined, notes: [] };
}

async function spokenSentence(
	service: Service,
	{ workflow }: NamedWorkflow,
	execution: Execution,
): Promise<string | undefined> {
	const speaker = workflow.nodes.find(({ name }) => name === RECORDING);
	if (speaker === undefined) return undefined;
	const { emulated } = await factsOf(service, execution.items(RECORDING));
	return emulated ? undefined : String(speaker.parameters.prompt);
}

/** The node of the examples that speaks a recording. */
const RECORDING = 'Speak a sentence';
