import { EngineError, type EngineCheck } from '../engine.mts';
import type { EngineClient } from './engine-client.mts';

/** Runs the questions of a check and puts what goes wrong into its answer. */
export async function checkWith(
	list: () => Promise<readonly string[]>,
	advice: string,
): Promise<EngineCheck> {
	try {
		const models = await list();
		if (models.length > 0) return { reachable: true, models };
		return { reachable: true, models, problem: 'It lists no models', advice };
	} catch (error) {
		const problem = error instanceof Error ? error.message : String(error);
		// An engine that refuses the question is there; one that is not ready may be starting or absent.
		const reachable = error instanceof EngineError && error.kind === 'final';
		return { reachable, models: [], problem, advice };
	}
}

/** For an engine that lists no models: whether it answers 2xx to a question about its health. */
export async function checkHealth(
	client: EngineClient,
	path: string,
	signal: AbortSignal,
	advice: string,
): Promise<EngineCheck> {
	try {
		await client.text(path, { signal });
		return { reachable: true, models: [] };
	} catch (error) {
		const problem = error instanceof Error ? error.message : String(error);
		return { reachable: false, models: [], problem, advice };
	}
}
