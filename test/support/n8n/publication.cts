import { setTimeout as delay } from 'node:timers/promises';
import { N8nError, type N8nSession } from './session.cjs';

/** What n8n 2.40 knows about the publication of a workflow. */
interface PublicationStatus {
	status: 'in_progress' | 'published' | 'partial' | 'failed' | 'not_published';
	triggers: ReadonlyArray<{ nodeId: string; status: string; errorMessage: string | null }>;
}

const POLL_MS = 100;

/** Undefined before n8n 2.40, which registers the triggers before it answers. */
async function publicationStatus(
	session: N8nSession,
	workflowId: string,
): Promise<PublicationStatus | undefined> {
	try {
		return await session.call('GET', `/workflows/${workflowId}/publication-status`);
	} catch (error) {
		if (error instanceof N8nError && error.status === 404) return undefined;
		throw error;
	}
}

/**
 * Waits until n8n has registered or removed the triggers of a workflow: n8n 2.40 answers before it does so, and tries
 * each trigger up to five times in about 15 s. Throws the messages of triggers that could not be registered, which is
 * all that n8n keeps of their errors.
 */
export async function untilPublicationSettled(
	session: N8nSession,
	workflowId: string,
	timeoutMs = 120_000,
): Promise<void> {
	const deadline = Date.now() + timeoutMs;
	for (;;) {
		const publication = await publicationStatus(session, workflowId);
		if (publication?.status !== 'in_progress') {
			const failed = publication?.triggers.filter(({ status }) => status === 'failed') ?? [];
			if (failed.length === 0) return;
			throw new Error(failed.map(({ errorMessage }) => errorMessage ?? 'no reason').join('; '));
		}
		if (Date.now() > deadline) {
			throw new Error(
				`Workflow ${workflowId} is still being published after ${timeoutMs / 1000} s.`,
			);
		}
		await delay(POLL_MS);
	}
}
