/** Body of POST /v1/deploy/llm. Optional fields may be null: the official Python client sends unset ones so. */
export interface LlmOrder {
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
export interface ImageOrder {
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

/** What is to be deployed. */
export type Order =
	| { readonly service: 'llm'; readonly body: LlmOrder }
	| { readonly service: 'custom_image'; readonly body: ImageOrder };

/** What the official Python client lets through. */
export const gpuVrams = [8, 16, 24, 40, 48, 80] as const;
export const gpuCounts = [1, 2, 4, 8] as const;

const required = { type: 'string', minLength: 1 } as const;
const optional = { type: 'string', nullable: true } as const;
const flag = { type: 'boolean', nullable: true } as const;
const gpus = { per_gpu_vram: { enum: gpuVrams }, gpu_count: { enum: gpuCounts } } as const;

export const llmSchema = {
	type: 'object',
	required: ['basemodel_path', 'prompt_template', 'per_gpu_vram', 'gpu_count'],
	properties: {
		...gpus,
		basemodel_path: required,
		// Two pairs of {key}.
		prompt_template: { type: 'string', pattern: '\\{[^{}]+\\}[^]*\\{[^{}]+\\}' },
		deployment_name: optional,
		loramodel_path: optional,
		api_auth_token: optional,
		use_nightly: flag,
		multi_lora: flag,
		max_model_len: { type: 'integer', nullable: true },
	},
} as const;

export const imageSchema = {
	type: 'object',
	required: ['image_registry'],
	anyOf: [{ required: ['instance_params'] }, { required: ['serving_params'] }],
	properties: {
		instance_params: {
			type: 'object',
			properties: { hostname: optional, harddisk: optional, blockName: optional },
		},
		serving_params: {
			type: 'object',
			required: ['per_gpu_vram', 'gpu_count'],
			properties: { ...gpus, deployment_name: optional },
		},
		image_registry: {
			type: 'object',
			required: ['registryName'],
			properties: { registryName: required, username: optional, password: optional },
		},
		env_params: { type: 'object', nullable: true, additionalProperties: { type: 'string' } },
		port_numbers: { type: 'array', nullable: true, items: { type: 'integer' } },
	},
} as const;

/** The name that an order gives to its deployment; empty when it gives none. */
export function nameIn({ service, body }: Order): string {
	if (service === 'llm') return body.deployment_name ?? '';
	return body.serving_params?.deployment_name ?? body.instance_params?.hostname ?? '';
}

/** An order without what opens doors: token, registry account, values of environment variables, signatures of links. */
export function withoutSecrets({ service, body }: Order): Readonly<Record<string, unknown>> {
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

const unsigned = (path: string) => path.replace(/\?.*$/s, '');
