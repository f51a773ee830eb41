import { EngineError, type EngineJob } from './engine.mts';
import type { EngineClient } from './http/engine-client.mts';
import { arrayAt, stringAt } from './json.mts';

/** The ids that `GET {base}/models` lists. */
export async function listModels(client: EngineClient, signal: AbortSignal): Promise<string[]> {
	const listed = arrayAt(await client.json('models', { signal }), 'data');
	return listed.map((model) => stringAt(model, 'id')).filter((id) => id !== undefined);
}

/**
 * Which model of the engine a job runs on: the job's own, the engine's default, or the first that the engine lists.
 * @throws EngineError (final) when there is none
 */
export async function modelFor(
	job: EngineJob,
	configured: string | undefined,
	list: () => Promise<readonly string[]>,
): Promise<string> {
	const named = job.engineModel ?? configured ?? (await list())[0];
	if (named !== undefined) return named;
	throw new EngineError(
		`The engine offers no model: install one there, or set models.${job.model}.model`,
		'final',
	);
}

/**
 * Whether a listed model is the one that is wanted. Ollama's `:latest`, and a checkpoint's ending and hash
 * (`sd15.safetensors [6ce0161689]`), may be left out.
 */
export const offersModel = (listed: readonly string[], wanted: string): boolean =>
	listed.some((id) => plainName(id) === plainName(wanted));

const plainName = (id: string): string =>
	id.replace(/:latest$| \[[0-9a-f]+\]$/, '').replace(/\.(safetensors|ckpt)$/, '');
