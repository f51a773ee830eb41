import { demand, same } from '../checks.cjs';
import { isRunning, phaseOf, type Deployment } from '../../../emulator/deployment.cjs';
import type { State } from '../../../emulator/state.cjs';
import type { Run } from './run.cjs';
import type { SavedWorkflow } from './saved-workflow.cjs';

/** Deployments that cost money now. */
export const runningOf = (state: State): Deployment[] =>
	[...state.deployments.values()].filter((one) => isRunning(phaseOf(one, state.now())));

/** The life of a deployed model and of two images: started, listed, looked at, used and ended. */
export async function deployments(workflow: SavedWorkflow): Promise<void> {
	const run = await workflow.execute();
	const { state } = run;
	const [image, onGpus, model, ...more] = [...state.deployments.values()];
	demand(image !== undefined && onGpus !== undefined && model !== undefined, 'one is missing');
	same('further deployments', more.length, 0);
	same(
		'orders',
		[image, onGpus, model].map(({ order }) => order.body),
		orders,
	);

	same('health', run.json('Health'), [{ message: 'OK' }]);
	demand(run.json('Machines').length > 5, 'the machines are not listed');
	const live = { status: 'live', message: 'Server has started !!!' };
	same('live image', withoutToken(run, 'Deploy image'), [
		{ ...live, deployment_id: image.id, URL: `${state.origin}/deployments/${image.id}` },
	]);
	same('image that is not waited for', run.json('Deploy image on GPUs'), [
		{ message: 'Deployment Launched', deployment_id: onGpus.id },
	]);
	const modelJson = {
		...live,
		deployment_id: model.id,
		URL: `${state.origin}/deployments/${model.id}`,
	};
	same('live model', withoutToken(run, 'Deploy model'), [modelJson]);
	same('model', withoutToken(run, 'Get'), [modelJson]);
	const idsOf = (node: string) => run.json(node).map(({ deployment_id: id }) => id);
	same('list', idsOf('List'), [image.id, onGpus.id, model.id]);
	same('live models', idsOf('Live models'), [model.id]);
	const [{ logs } = {}] = run.json('Logs');
	demand(Array.isArray(logs) && logs.length > 0 && logs.length <= 3, 'the lines of the log');

	const [asked] = run.json('Ask');
	const { text, texts } = asked ?? {};
	demand(String(text).includes('Why is the sky blue?'), `answer: ${String(text)}`);
	demand(Array.isArray(texts) && texts.length === 2 && texts[0] === text, 'two answers expected');
	const [filled] = run.json('Ask with variables');
	demand(JSON.stringify(filled?.text).includes('Q: Where?'), 'the template was not filled');
	same('looks before the two questions', looksOf(run, model.id), 2);

	const ended = (already: boolean) =>
		[model, image, onGpus].map(({ id }) => ({
			message: already ? 'Deployment Already terminated by System / User' : 'Instance Terminated',
			deployment_id: id,
			terminated: true,
			already_terminated: already,
		}));
	same('ended', run.json('End'), ended(false));
	same('ended again', run.json('End again'), ended(true));
	same('pairing', run.sources('End'), [0, 1, 2]);
	same('after the end', run.json('Ended'), [
		{
			status: 'terminatedByUser',
			message: 'Instance is terminatedByUser',
			deployment_id: model.id,
		},
	]);
	same('live at the end', run.json('Live models at the end'), [{}]);
	same('running', runningOf(state), []);
}

/** What the emulator was sent, to the letter. */
const orders = [
	{
		instance_params: { hostname: 'calm-curie', harddisk: '50' },
		image_registry: {
			registryName: 'owner/image:tag',
			username: 'me',
			password: 'hunter2-password',
		},
		env_params: { MODE: 'fast' },
		port_numbers: [80, 8080],
	},
	{
		serving_params: { deployment_name: 'eager_noether', per_gpu_vram: 8, gpu_count: 2 },
		image_registry: { registryName: 'owner/image:tag' },
	},
	{
		basemodel_path: 'mistralai/Mistral-7B-v0.1',
		prompt_template: 'Q: {question} A: {answer}',
		per_gpu_vram: 24,
		gpu_count: 1,
		deployment_name: 'loyal_volta',
		max_model_len: 4096,
	},
];

/** A node's items without the token, which must be there: n8n 2.x blacks it out where it shows an execution. */
function withoutToken(run: Run, node: string): Array<Record<string, unknown>> {
	return run.json(node).map(({ api_auth_token: token, ...json }) => {
		demand(token !== undefined && token !== '', `"${node}" gave no token`);
		return json;
	});
}

/** How often "Ask" and "Ask with variables" looked the deployment up, after the last listing. */
const looksOf = ({ state }: Run, id: string): number => {
	const paths = state.requests.map(({ path }) => path);
	const afterLogs = paths.slice(paths.findIndex((path) => path.startsWith('/v1/deploy/logs/')));
	const upToEnd = afterLogs.slice(0, afterLogs.indexOf('/v1/deploy/terminate'));
	return upToEnd.filter((path) => path === `/v1/deploy/status/${id}`).length;
};
