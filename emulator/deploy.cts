import type { FastifyInstance } from 'fastify';

import {
	imageSchema,
	llmSchema,
	type ImageOrder,
	type LlmOrder,
	type Order,
} from './deploy-order.cjs';
import { isRunning, launch, phaseOf, urlOf, type Deployment, type Phase } from './deployment.cjs';
import { Refusal } from './refusal.cjs';
import type { State } from './state.cjs';
import { answerUnprocessable } from './unprocessable.cjs';

/** POST /v1/deploy/llm, /custom_image and /terminate, GET /v1/deploy/status/{id}: the life of a deployment. */
export function deploy(app: FastifyInstance, state: State): void {
	answerUnprocessable(app);

	app.post<{ Body: LlmOrder }>('/v1/deploy/llm', { schema: { body: llmSchema } }, (request) =>
		take(state, { service: 'llm', body: request.body }),
	);

	app.post<{ Body: ImageOrder }>(
		'/v1/deploy/custom_image',
		{ schema: { body: imageSchema } },
		(request) => take(state, { service: 'custom_image', body: request.body }),
	);

	app.get<{ Params: { id: string } }>('/v1/deploy/status/:id', (request) => {
		const deployment = state.deployments.get(request.params.id);
		if (deployment === undefined) throw new Refusal(404, 'No such instance');
		return statusOf(state, deployment, phaseOf(deployment, state.now()));
	});

	app.post<{ Body: { deployment_id: string; actor?: string } }>(
		'/v1/deploy/terminate',
		{ schema: { body: terminateSchema } },
		(request) => {
			const { deployment_id: id, actor = 'user' } = request.body;
			if (actor === 'system') {
				throw new Refusal(401, 'User not allowed perform termination as system');
			}
			if (actor !== 'user') throw new Refusal(405, 'Invalid actor');
			const deployment = state.deployments.get(id);
			if (deployment === undefined) throw new Refusal(403, 'No such instance');
			terminate(state, deployment);
			return { message: 'Instance Terminated' };
		},
	);

	app.get('/v1/deploy/health', () => ({ message: 'OK' }));
}

const terminateSchema = {
	type: 'object',
	required: ['deployment_id'],
	properties: { deployment_id: { type: 'string' }, actor: { type: 'string' } },
} as const;

/** @throws Refusal: 402 without tokens, 403 with too many deployments */
function take(state: State, order: Order) {
	const { deployOutOfTokens, deployNumberLimit: limit } = state.settings;
	if (deployOutOfTokens) throw new Refusal(402, 'Not enough tokens to launch an instance');
	const now = state.now();
	const running = [...state.deployments.values()].filter((other) =>
		isRunning(phaseOf(other, now)),
	).length;
	if (typeof limit === 'number' && running >= limit) {
		throw new Refusal(403, 'User has crossed the maximum number of running deployments');
	}
	return { message: 'Deployment Launched', deployment_id: launch(state, order).id };
}

/** @throws Refusal: 501 before it has started, 400 when it has failed */
function statusOf(state: State, deployment: Deployment, phase: Phase) {
	switch (phase) {
		case 'pending':
			throw new Refusal(501, 'Instance is not started yet, please try again.');
		case 'failed':
			throw new Refusal(400, deployment.failure ?? '');
		case 'live':
			return {
				status: phase,
				message: 'Server has started !!!',
				URL: urlOf(state, deployment),
				api_auth_token: deployment.apiAuthToken,
			};
		case 'building':
		case 'terminatedByUser':
		case 'terminatedBySystem':
			return { status: phase, message: `Instance is ${phase}` };
	}
}

const tooEarly: Readonly<Record<string, readonly Phase[]>> = {
	start: [],
	building: ['pending'],
	live: ['pending', 'building'],
};

/** @throws Refusal: 409 when nothing runs any more, 501 when it is too early */
function terminate(state: State, deployment: Deployment): void {
	const phase = phaseOf(deployment, state.now());
	if (!isRunning(phase)) {
		throw new Refusal(409, 'Deployment Already terminated by System / User');
	}
	if (tooEarly[state.settings.deployTerminateFrom]?.includes(phase)) {
		throw new Refusal(501, 'Deployment provision in progress, please try again!');
	}
	deployment.ended = 'terminatedByUser';
}
