/** Body of POST /v1/deploy/llm. Optional fields may be null: the official Python client sends unset ones so. */
export interface LlmDeployRequest {
	readonly basemodel_path: string;
	readonly prompt_template: string;
	readonly per_gpu_vram: number;
	readonly gpu_count: number;
	readonly deployment_name?: string | null;
	readonly loramodel_path?: string | null;
	readonly api_auth_token?: string | null;
	readonly use_nightly?: boolean | null;
	readonly multi_lora?: boolean | null;
	readonly max_model_len?: number | null;
}

/** Body of POST /v1/deploy/custom_image: with `instance_params` as documented, or `serving_params` as by newer clients. */
export interface ImageDeployRequest {
	readonly instance_params?: {
		readonly hostname?: string | null;
		readonly harddisk?: string | null;
		readonly blockName?: string | null;
	};
	readonly serving_params?: {
		readonly deployment_name?: string | null;
		readonly per_gpu_vram: number;
		readonly gpu_count: number;
	};
	readonly image_registry: {
		readonly registryName: string;
		readonly username?: string | null;
		readonly password?: string | null;
	};
	readonly env_params?: Readonly<Record<string, string>> | null;
	readonly port_numbers?: readonly number[] | null;
}

/** Either kind of launch. */
export type DeployRequest =
	| { readonly service: 'llm'; readonly body: LlmDeployRequest }
	| { readonly service: 'custom_image'; readonly body: ImageDeployRequest };

/** The name that the request gives to its deployment; empty if it gives none. */
export function nameIn({ service, body }: DeployRequest): string {
	if (service === 'llm') return body.deployment_name ?? '';
	return body.serving_params?.deployment_name ?? body.instance_params?.hostname ?? '';
}

/** The request without secrets: token, registry account, values of environment variables, signatures of links. */
export function withoutSecrets({
	service,
	body,
}: DeployRequest): Readonly<Record<string, unknown>> {
	if (service === 'llm') {
		const { api_auth_token: _token, basemodel_path: base, loramodel_path: lora, ...rest } = body;
		return { ...rest, basemodel_path: unsigned(base), loramodel_path: lora && unsigned(lora) };
	}
	const { image_registry: image, env_params: variables, ...rest } = body;
	return {
		...rest,
		image_registry: { registryName: image.registryName },
		env_params: variables && Object.keys(variables),
	};
}

const unsigned = (path: string) => path.split('?', 1).join('');
