import { getDeployment } from '../../../core/api/deploymentLifecycle';
import { generateWithDeployment, type DeploymentEndpoint } from '../../../core/api/generate';
import { MonsterApiError } from '../../../core/http/errors';
import { readLimits } from '../../../core/http/timeouts';
import { generationParameters } from '../../../core/catalogue/deployments';
import { generationBody } from '../../../core/deployments/inputs';
import { selectFields } from '../../../output/jobItem';
import { toJson } from '../../../output/json';
import { promptField } from '../form/jobFields';
import type { ItemContext, Operation } from '../operation';
import { optionsField } from '../form/optionFields';
import { readGenerationOptions } from '../form/options';
import { outputFields, readOutputShape } from '../form/outputFields';
import { parameterCollection } from '../form/parameterFields';
import { liveDeploymentField, readDeploymentId } from '../form/deploymentFields';

export const generate: Operation = {
	name: 'Generate With Deployment',
	action: 'Generate text with deployment',
	description: 'Generate text from a prompt with a live deployment of a language model',
	fields: [
		liveDeploymentField,
		{
			displayName: 'Input',
			name: 'inputType',
			type: 'options',
			default: 'prompt',
			description: 'What to send to the model',
			options: [
				{
					name: 'Input Variables',
					value: 'variables',
					description: 'Values for the prompt template',
				},
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
		...outputFields('text', 'texts'),
		optionsField(
			'allowUnauthorizedCerts',
			'answerTimeout',
			'extraBody',
			'includeInputFields',
			'maxConcurrency',
		),
	],
	async execute(context) {
		const { client, parameters } = context;
		const id = readDeploymentId(parameters);
		const { timeoutMs, allowInvalidCertificate, extraBody } = readGenerationOptions(parameters);
		const hasVariables =
			parameters.choice('inputType', 'Input', ['prompt', 'variables']) === 'variables';
		const body = generationBody({
			input: hasVariables
				? { input_variables: parameters.record('inputVariables', 'Input Variables') }
				: { prompt: parameters.text('prompt', 'Prompt') },
			parameters: parameters.record('parameters', 'Generation Parameters'),
			extraBody,
		});
		const { simplify, fields } = readOutputShape(parameters, context.calledByAgent);
		// Read once for all items that use the same deployment.
		const getEndpoint = async (stale?: DeploymentEndpoint) =>
			await context.endpoints(id, async () => await fetchEndpoint(context, id), stale);
		const generateAt = async (endpoint: DeploymentEndpoint) =>
			await generateWithDeployment(
				client,
				{ ...endpoint, allowInvalidCertificate },
				body,
				timeoutMs,
			);
		const endpoint = await getEndpoint();
		const { texts, raw } = await generateAt(endpoint).catch(async (error: unknown) => {
			// The token may have changed since the endpoint was read.
			if (!isTokenRejected(error)) throw error;
			return await generateAt(await getEndpoint(endpoint));
		});
		const [text = ''] = texts;
		return {
			json: selectFields(
				toJson(
					simplify
						? { text, ...(texts.length > 1 ? { texts: [...texts] } : {}), deployment_id: id }
						: { ...raw, deployment_id: id },
				),
				fields,
			),
		};
	},
};

const isTokenRejected = (error: unknown): boolean =>
	error instanceof MonsterApiError && [401, 403].includes(error.details.status ?? 0);

/** @throws MonsterApiError when the deployment is not live */
async function fetchEndpoint({ client }: ItemContext, id: string): Promise<DeploymentEndpoint> {
	const { phase, status, url, token } = await getDeployment(
		client,
		id,
		readLimits(client.host.now()),
	);
	if (phase === 'live' && url !== undefined && token !== undefined) return { url, token };
	if (phase === 'live') {
		const missing = url === undefined ? 'URL' : 'token';
		throw new MonsterApiError(
			`The deployment is live, but MonsterAPI returned no ${missing} for it`,
			{
				advice:
					'Only deployed language models can generate text. Call a custom image with the HTTP Request node.',
				deploymentId: id,
				retryable: false,
			},
		);
	}
	throw new MonsterApiError(`The deployment is not live (${status})`, {
		advice: `Wait until Deployment > Get shows that ${id} is live, or start it with 'Wait Until Live'.`,
		deploymentId: id,
		retryable: true,
	});
}
