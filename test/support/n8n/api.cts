import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { Execution, isTerminal, type BinaryFile, type StoredExecution } from './execution.cjs';
import { untilPublicationSettled } from './publication.cjs';
import { N8nError, N8nSession, type N8nOwner } from './session.cjs';
import type {
	NewCredential,
	NodeTypeInfo,
	StoredCredential,
	StoredWorkflow,
	WorkflowFile,
} from './workflow.cjs';

const POLL_MS = 150;

/** n8n's internal REST API, one method per user action of the editor. */
export class N8nApi {
	private constructor(readonly session: N8nSession) {}

	/** Creates the owner of a fresh instance; the result acts as that owner. */
	static async setUp(baseUrl: string, owner: N8nOwner): Promise<N8nApi> {
		const session = new N8nSession(baseUrl);
		await session.setUpOwner(owner);
		return new N8nApi(session);
	}

	/** Logs in to an instance that has its owner. */
	static async logIn(
		baseUrl: string,
		owner: Pick<N8nOwner, 'email' | 'password'>,
	): Promise<N8nApi> {
		const session = new N8nSession(baseUrl);
		await session.logIn(owner);
		return new N8nApi(session);
	}

	/** All node types the editor knows, community nodes and generated tool nodes included. */
	async nodeTypes(): Promise<NodeTypeInfo[]> {
		const response = await this.session.send('GET', '/types/nodes.json');
		if (!response.ok) throw new N8nError(response.status, 'GET /types/nodes.json', '');
		return (await response.json()) as NodeTypeInfo[];
	}

	async createCredential(credential: NewCredential): Promise<StoredCredential> {
		return await this.session.call('POST', '/credentials', credential);
	}

	/** Runs the credential test, as the editor does after saving. */
	async testCredential(
		stored: StoredCredential,
		data: Record<string, unknown>,
	): Promise<{ status: 'OK' | 'Error'; message: string }> {
		return await this.session.call('POST', '/credentials/test', {
			credentials: { id: stored.id, name: stored.name, type: stored.type, data },
		});
	}

	/**
	 * Imports a workflow, as the editor's "Import from File" and "Save" do. A credential that has
	 * only a name becomes the stored one of that name.
	 */
	async createWorkflow(workflow: WorkflowFile): Promise<StoredWorkflow> {
		const { name, nodes, connections, settings, pinData } = workflow;
		// Without a project n8n 1.x does not find credentials by name.
		const project = await this.session.call<{ id: string }>('GET', '/projects/personal');
		return await this.session.call('POST', '/workflows', {
			name,
			nodes,
			connections,
			settings: settings ?? {},
			pinData: pinData ?? {},
			active: false,
			projectId: project.id,
		});
	}

	async workflow(id: string): Promise<StoredWorkflow> {
		return await this.session.call('GET', `/workflows/${id}`);
	}

	/**
	 * Publishes the saved version and waits until its triggers are registered and its schedules have started. Throws what
	 * n8n says about a trigger that could not be registered.
	 */
	async publish(workflow: Pick<StoredWorkflow, 'id' | 'versionId'>): Promise<void> {
		const { id, versionId } = workflow;
		try {
			await this.session.call('POST', `/workflows/${id}/activate`, { versionId });
		} catch (error) {
			// n8n 1.x has no published versions, only an active flag.
			if (!(error instanceof N8nError) || error.status !== 404) throw error;
			await this.session.call('PATCH', `/workflows/${id}`, { active: true, versionId });
		}
		await untilPublicationSettled(this.session, id);
	}

	/** Unpublishes the workflow and waits until its triggers are gone. */
	async unpublish(workflow: Pick<StoredWorkflow, 'id' | 'versionId'>): Promise<void> {
		const { id, versionId } = workflow;
		try {
			await this.session.call('POST', `/workflows/${id}/deactivate`, {});
		} catch (error) {
			if (!(error instanceof N8nError) || error.status !== 404) throw error;
			await this.session.call('PATCH', `/workflows/${id}`, { active: false, versionId });
		}
		await untilPublicationSettled(this.session, id);
	}

	/**
	 * "Execute workflow" in the editor, from the given trigger (default: the workflow's first).
	 * Returns the execution's id, or undefined when n8n now waits for a test webhook instead.
	 */
	async run(workflow: StoredWorkflow, triggerName?: string): Promise<string | undefined> {
		const trigger =
			triggerName ?? workflow.nodes.find(({ type }) => /trigger$/i.test(type))?.name ?? '';
		const answer = await this.session.call<{ executionId?: string }>(
			'POST',
			`/workflows/${workflow.id}/run`,
			// n8n 1.x runs this workflow; 2.x ignores it and runs the saved one.
			{ workflowData: workflow, triggerToStartFrom: { name: trigger } },
		);
		return answer.executionId;
	}

	/** Runs a saved workflow and waits for the end. */
	async runToEnd(workflow: StoredWorkflow, timeoutMs = 120_000): Promise<Execution> {
		const id = await this.run(workflow);
		if (!id) throw new Error(`"${workflow.name}" waits for a webhook instead of running.`);
		return await this.waitForExecution(id, timeoutMs);
	}

	async execution(id: string): Promise<Execution> {
		return new Execution(await this.session.call<StoredExecution>('GET', `/executions/${id}`));
	}

	/** Waits for the end of an execution, successful or not. Throws after the timeout. */
	async waitForExecution(id: string, timeoutMs = 120_000): Promise<Execution> {
		const deadline = Date.now() + timeoutMs;
		for (;;) {
			const stored = await this.session.call<StoredExecution>('GET', `/executions/${id}`);
			// n8n 1.x on SQLite writes the status before the data, so this response may lack the data. A second request gets it.
			if (isTerminal(stored.status)) return await this.execution(id);
			if (Date.now() > deadline) {
				throw new Error(`Execution ${id} is still "${stored.status}" after ${timeoutMs / 1000} s.`);
			}
			await delay(POLL_MS);
		}
	}

	/** "Stop execution" in the editor. */
	async stop(executionId: string): Promise<void> {
		await this.session.call('POST', `/executions/${executionId}/stop`, {});
	}

	/** "Retry" of a failed execution, from the node that failed, with the workflow as it was. */
	async retry(executionId: string): Promise<void> {
		const original = { loadWorkflow: false };
		await this.session.call('POST', `/executions/${executionId}/retry`, original);
	}

	/** Saves a binary of an item to a file, as a stream. Returns its size in bytes. */
	async download(file: BinaryFile, path: string): Promise<number> {
		const source = await this.openFile(file);
		mkdirSync(dirname(path), { recursive: true });
		const target = createWriteStream(path);
		await pipeline(source, target);
		return target.bytesWritten;
	}

	/** The bytes of a binary of an item, as the editor's "Download" gives them. */
	async openFile(file: BinaryFile): Promise<Readable> {
		if (!file.id) return Readable.from([Buffer.from(file.data ?? '', 'base64')]);
		const query = new URLSearchParams({ id: file.id, action: 'download', mimeType: file.mimeType });
		if (file.fileName) query.set('fileName', file.fileName);
		const response = await this.session.send('GET', `/rest/binary-data?${query.toString()}`);
		if (!response.ok || !response.body) {
			throw new N8nError(response.status, 'GET /binary-data', await response.text());
		}
		return Readable.fromWeb(response.body);
	}
}
