import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { WorkflowFile } from './workflow.cjs';

export interface NamedWorkflow {
	/** The file's name without its ending. */
	id: string;
	workflow: WorkflowFile;
}

/** The workflow files of a folder, by name. */
export function readWorkflows(folder: string): NamedWorkflow[] {
	const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
	return files.sort().map((file) => {
		const workflow: WorkflowFile = JSON.parse(readFileSync(join(folder, file), 'utf8'));
		return { id: basename(file, '.json'), workflow };
	});
}
