import type { FastifyInstance } from 'fastify';

import { asText } from '../as-text.cjs';
import { bearerToken } from '../auth.cjs';
import type { LlmDeployRequest } from './deploy-request.cjs';
import { phaseOf } from './deployment.cjs';
import { HttpError } from '../http-error.cjs';
import { validatedBy } from '../route-schema.cjs';
import type { State } from '../state.cjs';
import { answerText } from '../status/text.cjs';
import { answerValidationErrors, ValidationError } from './validation-error.cjs';

interface PromptRequest {
	/** Asked as it is. */
	readonly prompt?: string;
	/** Filled into the prompt template. */
	readonly input_variables?: Readonly<Record<string, unknown>>;
	/** How many texts are wanted; default 1. */
	readonly n?: number;
	readonly max_tokens?: number;
	readonly stream?: boolean;
}

interface Route {
	Params: { id: string };
	Body: PromptRequest;
}

/** POST /deployments/{id}/generate: a live language model at its own address. */
export function deployedModel(app: FastifyInstance, state: State): void {
	answerValidationErrors(app);

	app.post<Route>(
		'/deployments/:id/generate',
		{
			...validatedBy('askDeployedModel'),
			// Before validation: an unauthorised caller learns nothing about the body.
			preValidation: ({ params, headers }, _reply, done) => {
				open(state, params.id, headers.authorization);
				done();
			},
		},
		({ params, headers, body }, reply) => {
			const request = open(state, params.id, headers.authorization);
			state.deployments.get(params.id)?.questions.push(body);
			if (body.stream === true) throw new HttpError(501, '[emulated] streaming is not emulated');
			const answer = JSON.stringify(answerTo(request, body));
			const { deployAnswer } = state.settings;
			return reply
				.type('application/json')
				.send(deployAnswer === 'double' ? JSON.stringify(answer) : answer);
		},
	);
}

/**
 * The model behind an address, for a caller with its token; the account's key does not open it.
 * @throws HttpError: 404 without a language model, 503 when it is not live, 403 without a token, 401 with another one
 */
function open(state: State, id: string, authorization: string | undefined): LlmDeployRequest {
	const deployment = state.deployments.get(id);
	if (deployment?.request.service !== 'llm')
		throw new HttpError(404, 'Not Found: no model is here');
	if (phaseOf(deployment, state.now()) !== 'live') {
		throw new HttpError(503, 'Service Unavailable: the deployment is not live');
	}
	const token = bearerToken(authorization);
	if (token === undefined) throw new HttpError(403, 'Not authenticated');
	if (token !== deployment.apiAuthToken) throw new HttpError(401, 'Unauthorised');
	return deployment.request.body;
}

function answerTo(
	{ basemodel_path: model, prompt_template: template }: LlmDeployRequest,
	asked: PromptRequest,
) {
	const { prompt = fill(template, asked.input_variables ?? {}), n = 1 } = asked;
	const inputs = { prompt, max_length: asked.max_tokens };
	const text = answerText({ model, inputs });
	const texts = Array.from({ length: n }, (_, index) =>
		n === 1 ? text : `${text} (text ${index + 1} of ${n})`,
	);
	const output = texts.reduce((sum, each) => sum + wordsIn(each), 0);
	return { text: texts, token_counts: { input: wordsIn(prompt), output } };
}

const wordsIn = (text: string) => text.split(/\s+/).filter((word) => word !== '').length;

/**
 * Fills the variables in for their {keys}. The last key is the model's own answer and stays empty.
 * @throws ValidationError when a variable is missing
 */
function fill(template: string, variables: Readonly<Record<string, unknown>>): string {
	const pairs = [...template.matchAll(/\{([^{}]+)\}/g)];
	const names = pairs.slice(0, -1).map((pair) => pair[1] ?? '');
	const lacking = names.filter((name) => !Object.hasOwn(variables, name));
	if (lacking.length > 0) {
		throw new ValidationError(
			lacking.map((name) => ({
				loc: ['body', 'input_variables', name],
				msg: 'field required',
				type: 'value_error.missing',
			})),
		);
	}
	return template.replace(/\{([^{}]+)\}/g, (_pair, name: string) => asText(variables[name]));
}
