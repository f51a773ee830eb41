import { generateWithDeployment, type DeploymentEndpoint } from '../../../core/api/deployedModel';
import { getDeployment } from '../../../core/api/deployment';
import { MonsterApiError } from '../../../core/http/errors';
import { readLimits } from '../../../core/http/limits';
import { generationParameters } from '../../../core/catalogue/deployments';
import { generationBody } from '../../../core/deployments/inputs';
import { toJson } from '../../output/jobItem';
import { promptField } from '../form/jobFields';
import type { ItemContext, Operation } from '../operation';
import { optionsField } from '../form/optionFields';
import { readGenerationOptions } from '../run/options';
import { parameterCollection } from '../form/parameterFields';
import { simplifyField } from '../form/simplifyField';
import { deploymentField, readDeploymentId } from '../form/deploymentFields';

export const generate: Operation = {
	name: 'Generate With Deployment',
	action: 'Generate text with a deployment',
	description: 'Let a deployed language model that is live answer a prompt',
	fields: [
		deploymentField,
		{
			displayName: 'Input',
			name: 'inputType',
			type: 'options',
			default: 'prompt',
			description: 'What the model is given',
			options: [
				{ name: 'Input Variables', value: 'variables', description: 'For the prompt template' },
				{ name: 'Prompt', value: 'prompt', description: 'The text as it is' },
			],
		},
		{
			...promptField('e.g. Write a friendly reminder to pay invoice 1042'),
			displayOptions: { show: { inputType: ['prompt'] } },
		},
		{
			displayName: 'Input Variables',
			name: 'inputVariables',
			type: 'json',
			typeOptions: { rows: 4 },
			required: true,
			default: '{\n  "prompt": ""\n}',
			description: 'JSON object with a value for each key of the deployment’s prompt template',
			displayOptions: { show: { inputType: ['variables'] } },
		},
		parameterCollection('Generation Parameters', generationParameters),
		simplifyField,
		optionsField('allowUnauthorizedCerts', 'answerTimeout', 'extraBody', 'maxConcurrency'),
	],
	async execute(context) {
		const { client, parameters } = context;
		const id = readDeploymentId(parameters);
		const { timeoutMs, unverified, extraBody } = readGenerationOptions(parameters);
		const variables = parameters.text('inputType', 'Input') === 'variables';
		const body = generationBody({
			input: variables
				? { input_variables: parameters.record('inputVariables', 'Input Variables') }
				: { prompt: parameters.text('prompt', 'Prompt') },
			parameters: parameters.record('parameters', 'Generation Parameters'),
			extraBody,
		});
		const simple = parameters.flag('simplify', 'Simplify', true);
		// One look for all items that go to the same deployment.
		const look = async (stale?: DeploymentEndpoint) =>
			await context.endpoint(id, async () => await lookUp(context, id), stale);
		const ask = async (endpoint: DeploymentEndpoint) =>
			await generateWithDeployment(client, { ...endpoint, unverified }, body, timeoutMs);
		const endpoint = await look();
		const { texts, raw } = await ask(endpoint).catch(async (error: unknown) => {
			// Its token may have changed since the look.
			if (!isRefusedToken(error)) return await Promise.reject(error);
			return await ask(await look(endpoint));
		});
		const [text = ''] = texts;
		return {
			json: toJson(
				simple
					? { deployment_id: id, text, ...(texts.length > 1 ? { texts: [...texts] } : {}) }
					: { ...raw, deployment_id: id },
			),
		};
	},
};

const isRefusedToken = (error: unknown): boolean =>
	error instanceof MonsterApiError && [401, 403].includes(error.details.status ?? 0);

/** @throws MonsterApiError when the deployment is not live */
async function lookUp({ client }: ItemContext, id: string): Promise<DeploymentEndpoint> {
	const { phase, status, url, token } = await getDeployment(
		client,
		id,
		readLimits(client.host.now()),
	);
	if (phase === 'live' && url !== undefined && token !== undefined) return { url, token };
	if (phase === 'live') {
		const lacking = url === undefined ? 'URL' : 'token';
		throw new MonsterApiError(`The deployment is live, but MonsterAPI gives no ${lacking} for it`, {
			advice:
				'Only deployed language models can be asked; call a custom image with the HTTP Request node.',
			deploymentId: id,
			retryable: false,
		});
	}
	throw new MonsterApiError(`The deployment is not live (${status})`, {
		advice: `Wait until Deployment > Get says that ${id} is live, or start it with Wait Until Live.`,
		deploymentId: id,
		retryable: true,
	});
}
