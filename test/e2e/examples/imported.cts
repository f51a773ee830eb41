import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { readExample } from '../../support/n8n/workflow-files.cjs';
import type { StoredWorkflow, WorkflowFile } from '../../support/n8n/workflow.cjs';
import type { SingleInstance } from '../single-instance.cjs';

/** Where the examples write files: the folder that n8n 2 allows in its Docker image. */
const dockerFolder = '/home/node/.n8n-files';

/** The folder of an instance that takes its place. Created when missing. */
export function filesFolder({ userFolder }: SingleInstance): string {
	const folder = join(userFolder, 'files');
	mkdirSync(folder, { recursive: true });
	return folder;
}

/**
 * Imports an example as the user does. Its files go to {@link filesFolder}.
 * @param change what the note of the example tells the user to fill in
 */
export async function importExample(
	instance: SingleInstance,
	id: string,
	change: (workflow: WorkflowFile) => void = () => undefined,
): Promise<StoredWorkflow> {
	const text = JSON.stringify(readExample(id));
	const workflow = JSON.parse(text.replaceAll(dockerFolder, filesFolder(instance))) as WorkflowFile;
	change(workflow);
	return await instance.api.createWorkflow(workflow);
}
