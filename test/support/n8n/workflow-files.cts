import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { projectFolder } from './cache-folder.cjs';
import type { WorkflowFile } from './workflow.cjs';

export interface NamedWorkflow {
	/** The file's name without its extension. */
	id: string;
	workflow: WorkflowFile;
}

/** The workflow files of a folder, by name. */
export function readWorkflows(folder: string): NamedWorkflow[] {
	const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
	return files.sort().map((file) => ({
		id: basename(file, '.json'),
		workflow: JSON.parse(readFileSync(join(folder, file), 'utf8')) as WorkflowFile,
	}));
}

/** The example workflows of this project, by name. */
export const readExamples = (): NamedWorkflow[] => readWorkflows(join(projectFolder, 'examples'));

/** One of the examples. Throws when there is none of that name. */
export function readExample(id: string): WorkflowFile {
	const example = readExamples().find((one) => one.id === id);
	if (example === undefined) throw new Error(`There is no example "${id}".`);
	return example.workflow;
}
