import { MonsterApiError } from '../../../nodes/core/http/errors';
import {
	customImageBody,
	generationBody,
	llmBody,
	type CustomImageForm,
	type LlmForm,
} from '../../../nodes/core/deployments/inputs';

const llm: LlmForm = {
	basemodelPath: 'mistralai/Mistral-7B-v0.1',
	promptTemplate: '{prompt}{completion}',
	perGpuVram: '24',
	gpuCount: '1',
	parameters: {},
};

const image: CustomImageForm = {
	registryName: 'hello-world',
	env: [],
	parameters: {},
};

const problemOf = (work: () => unknown): string => {
	try {
		work();
	} catch (error) {
		if (error instanceof MonsterApiError) return `${error.message}: ${error.details.advice}`;
		throw error;
	}
	return 'none';
};

describe('a language model', () => {
	test('is sent with the parameters that were set, and nothing else', () => {
		expect(llmBody(llm)).toEqual({
			body: {
				basemodel_path: 'mistralai/Mistral-7B-v0.1',
				prompt_template: '{prompt}{completion}',
				per_gpu_vram: 24,
				gpu_count: 1,
			},
			secrets: [],
		});
		const parameters = {
			deployment_name: 'n',
			loramodel_path: '',
			api_auth_token: 'a-secret-token',
			use_nightly: 'true',
			multi_lora: false,
			max_model_len: '4096',
		};
		const { body, secrets } = llmBody({ ...llm, parameters });
		expect(body).toMatchObject({
			deployment_name: 'n',
			api_auth_token: 'a-secret-token',
			use_nightly: true,
			multi_lora: false,
			max_model_len: 4096,
		});
		expect(body).not.toHaveProperty('loramodel_path');
		expect(secrets).toEqual(['a-secret-token']);
	});

	test.each<[Partial<LlmForm>, RegExp]>([
		[{ basemodelPath: ' ' }, /'Base Model Path' is empty/],
		[{ promptTemplate: 'none' }, /has no \{key\}.*at least two/],
		[{ promptTemplate: '{prompt} {not a key}' }, /only one \{key\}/],
		[{ perGpuVram: '12' }, /VRAM per GPU.*8, 16, 24, 40, 48, 80.*'12'/],
		[{ gpuCount: '3' }, /Number of GPUs.*1, 2, 4, 8/],
		[{ gpuCount: '' }, /are required/],
		[{ parameters: { max_model_len: 0 } }, /Maximum Model Length.*at least 1/],
		[{ parameters: { use_nightly: 'perhaps' } }, /true or false/],
	])('%j is rejected', (change, problem) =>
		expect(problemOf(() => llmBody({ ...llm, ...change }))).toMatch(problem),
	);

	test('a rejected token is not shown', () => {
		const parameters = { api_auth_token: ['hush-hush'] };
		expect(problemOf(() => llmBody({ ...llm, parameters }))).not.toContain('hush');
	});
});

describe('a custom image', () => {
	test('has the documented shape', () => {
		expect(customImageBody(image).body).toEqual({
			instance_params: {},
			image_registry: { registryName: 'hello-world' },
		});
		const { body, secrets } = customImageBody({
			registryName: 'me/app:1',
			env: [
				{ name: 'MODE', value: 'fast' },
				{ name: 'HF_TOKEN', value: 'hf_abcdef' },
				{ name: 'DEBUG', value: '1' },
			],
			parameters: {
				port_numbers: ' 80, 8080 ',
				deployment_name: 'calm_curie',
				harddisk: 100,
				blockName: 'qb24-v2-n1',
				username: 'me',
				password: 'hunter2!',
			},
		});
		expect(body).toEqual({
			instance_params: { hostname: 'calm_curie', harddisk: '100', blockName: 'qb24-v2-n1' },
			image_registry: { registryName: 'me/app:1', username: 'me', password: 'hunter2!' },
			env_params: { MODE: 'fast', HF_TOKEN: 'hf_abcdef', DEBUG: '1' },
			port_numbers: [80, 8080],
		});
		expect(secrets).toEqual(['hunter2!', 'fast', 'hf_abcdef']);
	});

	test('has the official client’s shape when GPUs are given', () => {
		const parameters = { per_gpu_vram: 8, gpu_count: '2', deployment_name: 'n' };
		expect(customImageBody({ ...image, parameters }).body).toEqual({
			serving_params: { deployment_name: 'n', per_gpu_vram: 8, gpu_count: 2 },
			image_registry: { registryName: 'hello-world' },
		});
	});

	test.each<[Partial<CustomImageForm>, RegExp]>([
		[{ registryName: '' }, /'Image' is empty/],
		[{ parameters: { gpu_count: 1 } }, /must be set together/],
		[{ parameters: { deployment_name: 'a', hostname: 'b' } }, /both name the deployment/],
		[{ parameters: { per_gpu_vram: 8, gpu_count: 1, harddisk: '9' } }, /cannot be combined/],
		[{ parameters: { per_gpu_vram: 9, gpu_count: 1 } }, /8, 16, 24/],
		[{ parameters: { port_numbers: '80, http' } }, /1 to 65535/],
		[{ parameters: { port_numbers: '0' } }, /1 to 65535/],
		[{ parameters: { port_numbers: '65536' } }, /1 to 65535/],
		[{ env: [{ name: '', value: 'x' }] }, /name of an environment variable is empty/],
		[
			{
				env: [
					{ name: 'A', value: '1' },
					{ name: 'A', value: '2' },
				],
			},
			/'A' is set twice/,
		],
	])('%j is rejected', (change, problem) =>
		expect(problemOf(() => customImageBody({ ...image, ...change }))).toMatch(problem),
	);
});

describe('a generate request to a deployment', () => {
	test('contains the input and the parameters that were set', () => {
		const parameters = { max_tokens: 5, temperature: '0.5', use_beam_search: false, unknown: 1 };
		expect(generationBody({ input: { prompt: 'Hi' }, parameters })).toEqual({
			prompt: 'Hi',
			max_tokens: 5,
			temperature: 0.5,
			use_beam_search: false,
		});
		expect(generationBody({ input: { input_variables: { a: 1 } }, parameters: {} })).toEqual({
			input_variables: { a: 1 },
		});
		const extraBody = { n: 2, min_p: 0.1, stream: false };
		expect(generationBody({ input: { prompt: 'Hi' }, parameters: { n: 1 }, extraBody })).toEqual({
			prompt: 'Hi',
			...extraBody,
		});
	});

	test.each<[Parameters<typeof generationBody>[0], RegExp]>([
		[{ input: { prompt: ' ' }, parameters: {} }, /prompt is empty/],
		[{ input: { input_variables: {} }, parameters: {} }, /'Input Variables' is empty/],
		[{ input: { prompt: 'x' }, parameters: { top_p: 2 } }, /Top P.*0 to 1/],
		[{ input: { prompt: 'x' }, parameters: { n: 0 } }, /at least 1/],
		[
			{ input: { prompt: 'x' }, parameters: {}, extraBody: { stream: true } },
			/streamed.*Extra Body/,
		],
	])('%j is rejected', (form, problem) =>
		expect(problemOf(() => generationBody(form))).toMatch(problem),
	);
});
