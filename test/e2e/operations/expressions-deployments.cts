import assert from 'node:assert/strict';
import { expectEqual } from '../checks.cjs';
import { runningOf } from './deployments.cjs';
import type { SavedWorkflow } from './saved-workflow.cjs';

/** Every parameter of the deployment operations is an expression, with other values for each item. */
export async function expressionsDeployments(workflow: SavedWorkflow): Promise<void> {
	const run = await workflow.execute();
	const { state } = run;
	const launched = (node: string) =>
		run.json(node).map(({ deployment_id: id }) => {
			const deployment = state.deployments.get(String(id));
			assert(deployment !== undefined, `an item of "${node}" names no deployment`);
			return deployment;
		});
	const models = launched('Deploy model');
	const images = launched('Deploy image');
	const bodies = [...models, ...images].map(({ request }) => request.body);
	expectEqual('requests', bodies, requests);
	for (const node of [
		'Deploy model',
		'Deploy image',
		'Get deployment',
		'Ask',
		'Read the log',
		'End',
	]) {
		expectEqual(`pairing of "${node}"`, run.sources(node), [0, 1]);
	}

	const ids = models.map(({ id }) => id);
	const idsOf = (node: string) => run.json(node).map(({ deployment_id: id }) => id);
	const statuses = (node: string) => run.json(node).map(({ status }) => status);
	expectEqual(
		'Get',
		[idsOf('Get deployment'), statuses('Get deployment')],
		[ids, ['live', 'live']],
	);
	// The first item of the image does not wait.
	expectEqual('images', statuses('Deploy image'), [undefined, 'live']);
	expectEqual('pairing of the lists', run.sources('List'), [0, 0, 1]);
	expectEqual('listed', idsOf('List').slice(0, 2).sort(), [...ids].sort());

	expectEqual(
		'questions',
		models.flatMap(({ questions: asked }) => asked),
		questions,
	);
	const [simple, raw] = run.json('Ask');
	const { texts } = simple ?? {};
	assert(Array.isArray(texts) && texts.length === 2, 'two answers expected');
	assert(String(simple?.text).includes('owner/first was asked: “Why?”'), String(simple?.text));
	// Cut after eight tokens.
	expectEqual('answer as it came', raw, {
		deployment_id: ids[1],
		text: ['[emulated] owner/second was asked: “Where?” The prompt has'],
		token_counts: { input: 1, output: 8 },
	});
	const lines = run.json('Read the log').map(({ logs }) => Array.isArray(logs) && logs.length);
	expectEqual('lines of the logs', lines, [1, 2]);

	expectEqual('ended', idsOf('End'), ids);
	expectEqual(
		'ended images',
		idsOf('End image'),
		images.map(({ id }) => id),
	);
	expectEqual('running', runningOf(state), []);
	expectEqual('deployments', state.deployments.size, 4);
}

/** The exact questions. */
const questions = [
	{
		prompt: 'Why?',
		...{ best_of: 3, early_stopping: true, frequency_penalty: 0.25, length_penalty: 1.5 },
		...{ max_tokens: 16, min_p: 0.1, n: 2, presence_penalty: 0.5, repetition_penalty: 1.1 },
		...{ temperature: 0.3, top_k: 9, top_p: 0.9, use_beam_search: true, seed: 7 },
	},
	{ input_variables: { prompt: 'Where?' }, max_tokens: 8 },
];

/** The exact requests. */
const requests = [
	{
		basemodel_path: 'owner/first',
		prompt_template: 'Q: {question} A: {answer}',
		...{ per_gpu_vram: 24, gpu_count: 1 },
		...{ api_auth_token: 'first-token', deployment_name: 'calm_curie' },
		...{ loramodel_path: 'owner/lora', max_model_len: 4096, multi_lora: true, use_nightly: false },
	},
	{
		basemodel_path: 'owner/second',
		prompt_template: '{prompt}{completion}',
		...{ per_gpu_vram: 48, gpu_count: 2, api_auth_token: 'second-token' },
	},
	{
		instance_params: { hostname: 'bold-bohr', harddisk: '50', blockName: 'qb24-v2-n1' },
		image_registry: {
			registryName: 'owner/image:one',
			...{ username: 'me', password: 'hunter2-password' },
		},
		env_params: { MODE: 'fast' },
		port_numbers: [80, 8080],
	},
	{
		serving_params: { deployment_name: 'eager_noether', per_gpu_vram: 16, gpu_count: 2 },
		image_registry: { registryName: 'owner/image:two' },
		env_params: { LEVEL: '3' },
	},
];
