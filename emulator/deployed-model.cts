import type { FastifyInstance } from 'fastify';

import { bearerToken } from './auth.cjs';
import type { LlmOrder } from './deploy-order.cjs';
import { phaseOf } from './deployment.cjs';
import { Refusal } from './refusal.cjs';
import type { State } from './state.cjs';
import { answerText } from './text.cjs';
import { answerUnprocessable, Unprocessable } from './unprocessable.cjs';

interface Question {
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
	Body: Question;
}

const questionSchema = {
	type: 'object',
	anyOf: [{ required: ['prompt'] }, { required: ['input_variables'] }],
	properties: {
		prompt: { type: 'string' },
		input_variables: { type: 'object' },
		n: { type: 'integer', minimum: 1, maximum: 10 },
		max_tokens: { type: 'integer', minimum: 1 },
		stream: { type: 'boolean' },
	},
} as const;

/** POST /deployments/{id}/generate: a live language model at its own address. */
export function deployedModel(app: FastifyInstance, state: State): void {
	answerUnprocessable(app);

	app.post<Route>(
		'/deployments/:id/generate',
		{
			schema: { body: questionSchema },
			// Before the body is judged: who may not ask is told nothing about it.
			preValidation: ({ params, headers }, _reply, done) => {
				open(state, params.id, headers.authorization);
				done();
			},
		},
		({ params, headers, body }, reply) => {
			const order = open(state, params.id, headers.authorization);
			state.deployments.get(params.id)?.questions.push(body);
			if (body.stream === true) throw new Refusal(501, '[emulated] streaming is not emulated');
			const answer = JSON.stringify(answerTo(order, body));
			const { deployAnswer } = state.settings;
			return reply
				.type('application/json')
				.send(deployAnswer === 'double' ? JSON.stringify(answer) : answer);
		},
	);
}

/**
 * The model behind an address, for whoever has its token; the account's key does not open it.
 * @throws Refusal: 404 without a language model, 503 when it is not live, 403 without a token, 401 with another one
 */
function open(state: State, id: string, authorization: string | undefined): LlmOrder {
	const deployment = state.deployments.get(id);
	if (deployment?.order.service !== 'llm') throw new Refusal(404, 'Not Found: no model is here');
	if (phaseOf(deployment, state.now()) !== 'live') {
		throw new Refusal(503, 'Service Unavailable: the deployment is not live');
	}
	const token = bearerToken(authorization);
	if (token === undefined) throw new Refusal(403, 'Not authenticated');
	if (token !== deployment.apiAuthToken) throw new Refusal(401, 'Unauthorised');
	return deployment.order.body;
}

function answerTo(
	{ basemodel_path: model, prompt_template: template }: LlmOrder,
	question: Question,
) {
	const { prompt = fill(template, question.input_variables ?? {}), n = 1 } = question;
	const inputs = { prompt, max_length: question.max_tokens };
	const text = answerText({ model, inputs });
	const texts = Array.from({ length: n }, (_, index) =>
		n === 1 ? text : `${text} (text ${index + 1} of ${n})`,
	);
	const output = texts.reduce((sum, each) => sum + wordsIn(each), 0);
	return { text: texts, token_counts: { input: wordsIn(prompt), output } };
}

const wordsIn = (text: string) => text.split(/\s+/).filter((word) => word !== '').length;

/**
 * Puts the variables in the place of their {keys}. The last key stands for the model's own answer and stays empty.
 * @throws Unprocessable when a variable is missing
 */
function fill(template: string, variables: Readonly<Record<string, unknown>>): string {
	const pairs = [...template.matchAll(/\{([^{}]+)\}/g)];
	const names = pairs.slice(0, -1).map((pair) => pair[1] ?? '');
	const lacking = names.filter((name) => !Object.hasOwn(variables, name));
	if (lacking.length > 0) {
		throw new Unprocessable(
			lacking.map((name) => ({
				loc: ['body', 'input_variables', name],
				msg: 'field required',
				type: 'value_error.missing',
			})),
		);
	}
	return template.replace(/\{([^{}]+)\}/g, (_pair, name: string) => String(variables[name] ?? ''));
}
