import type { Session } from './session.cjs';

/** A launch that the service takes. */
export const llm = {
	deployment_name: 'loyal_volta',
	basemodel_path: 'mistralai/Mistral-7B-v0.1',
	prompt_template: '{prompt}{completion}',
	per_gpu_vram: 24,
	gpu_count: 1,
};

export const image = {
	instance_params: { hostname: 'calm_curie', harddisk: '100', blockName: 'qb24-v2-n1' },
	image_registry: { registryName: 'hello-world' },
};

/** The answer to a launch, as far as tests read it. */
export interface Launched {
	readonly deployment_id: string;
}

/** The status of a deployment; address and token only when it is live. */
interface DeploymentStatus {
	readonly status?: string;
	readonly message?: string;
	readonly URL?: string;
	readonly api_auth_token?: string;
}

/** Launches a language model. Returns its id. */
export async function deployLlm({ api }: Session, more: object = {}): Promise<string> {
	const { status, data } = await api.post<Launched>('/deploy/llm', { ...llm, ...more });
	expect(status).toBe(200);
	return data.deployment_id;
}

/** Status and body of GET /v1/deploy/status/{id}. */
export async function statusOf({ api }: Session, id: string): Promise<[number, DeploymentStatus]> {
	const { status, data } = await api.get<DeploymentStatus>(`/deploy/status/${id}`);
	return [status, data];
}

/** Status and body of POST /v1/deploy/terminate. */
export async function terminate(
	{ api }: Session,
	deployment_id: string,
	more: object = {},
): Promise<[number, unknown]> {
	const { status, data } = await api.post<unknown>('/deploy/terminate', { deployment_id, ...more });
	return [status, data];
}

/** Moves the clock to where every deployment launched so far is live. */
export function goLive({ clock }: Session): void {
	clock.now += 60_000;
}
