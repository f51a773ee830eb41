import { basename, extname, join, relative } from 'node:path';
import type { N8nApi } from '../../test/support/n8n/api.cjs';
import { projectFolder } from '../../test/support/n8n/cache-folder.cjs';
import type { Execution, ExecutionItem } from '../../test/support/n8n/execution.cjs';
import { readWorkflows, type NamedWorkflow } from '../../test/support/n8n/workflow-files.cjs';
import type { StoredWorkflow } from '../../test/support/n8n/workflow.cjs';

/** A file that came out of a workflow and was saved. */
export interface SavedFile {
	name: string;
	path: string;
	bytes: number;
	mimeType: string;
}

/** What one example did. */
export interface Outcome {
	execution: Execution;
	/** Items of the last node. */
	items: ExecutionItem[];
	/** Files of the last node's items, saved. */
	files: SavedFile[];
	seconds: number;
	/** Whether the emulator answered. */
	emulated: boolean;
}

const examplesFolder = join(projectFolder, 'examples');
export const outputFolder = join(projectFolder, 'demo-output');

/** A path as a person in the project folder would type it. */
export const shortPath = (path: string) => relative(projectFolder, path);

/** The example workflows of this project, by name. */
export const readExamples = (): NamedWorkflow[] => readWorkflows(examplesFolder);

/** Whether an example starts a machine that costs money while it runs. */
export const deploys = ({ workflow }: NamedWorkflow): boolean =>
	workflow.nodes.some(({ parameters }) => /^deploy/.test(String(parameters?.['operation'])));

/** Saves the files that items carry. */
export async function saveFiles(
	api: N8nApi,
	example: NamedWorkflow,
	items: ExecutionItem[],
): Promise<SavedFile[]> {
	const saved: SavedFile[] = [];
	for (const [index, item] of items.entries()) {
		for (const [field, file] of Object.entries(item.binary ?? {})) {
			const name = basename(file.fileName ?? field);
			// Two results may bear the same name: the field and the item tell them apart.
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

/** Imports an example, runs it once and saves the files that came out. Throws when it failed. */
export async function runExample(
	api: N8nApi,
	example: NamedWorkflow,
	emulated: boolean,
	timeoutMs: number,
): Promise<Outcome> {
	const stored = await api.createWorkflow(example.workflow);
	return await runStored(api, example, stored, emulated, timeoutMs);
}

/** The same for an example that is imported already. */
export async function runStored(
	api: N8nApi,
	example: NamedWorkflow,
	stored: StoredWorkflow,
	emulated: boolean,
	timeoutMs: number,
): Promise<Outcome> {
	const execution = await api.runToEnd(stored, timeoutMs);
	execution.requireSuccess();
	const last = execution.nodeNames().at(-1) ?? '';
	const items = execution.items(last);
	const files = await saveFiles(api, example, items);
	return { execution, items, files, seconds: execution.seconds, emulated };
}
