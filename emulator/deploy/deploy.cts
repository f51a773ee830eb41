import type { FastifyInstance } from 'fastify';

import type { DeployRequest, ImageDeployRequest, LlmDeployRequest } from './deploy-request.cjs';
import { isRunning, phaseOf, type Deployment, type Phase } from './deployment.cjs';
import { launch, urlOf } from './launch.cjs';
import { HttpError } from '../http-error.cjs';
import { validatedBy } from '../route-schema.cjs';
import type { State } from '../state.cjs';
import { answerValidationErrors } from './validation-error.cjs';

/** POST /v1/deploy/llm, /custom_image and /terminate, GET /v1/deploy/status/{id}: the life of a deployment. */
export function deploy(app: FastifyInstance, state: State): void {
	answerValidationErrors(app);

	app.post<{ Body: LlmDeployRequest }>('/v1/deploy/llm', validatedBy('deployLlm'), (request) =>
		launchIfAllowed(state, { service: 'llm', body: request.body }),
	);

	app.post<{ Body: ImageDeployRequest }>(
		'/v1/deploy/custom_image',
		validatedBy('deployCustomImage'),
		(request) => launchIfAllowed(state, { service: 'custom_image', body: request.body }),
	);

	app.get<{ Params: { id: string } }>('/v1/deploy/status/:id', (request) => {
		const deployment = state.deployments.get(request.params.id);
		if (deployment === undefined) throw new HttpError(404, 'No such instance');
		return statusOf(state, deployment, phaseOf(deployment, state.now()));
	});

	app.post<{ Body: { deployment_id: string; actor?: string | null } }>(
		'/v1/deploy/terminate',
		validatedBy('terminateDeployment'),
		(request) => {
			const { deployment_id: id } = request.body;
			const actor = request.body.actor ?? 'user';
			if (actor === 'system') {
				throw new HttpError(401, 'User not allowed perform termination as system');
			}
			if (actor !== 'user') throw new HttpError(405, 'Invalid actor');
			const deployment = state.deployments.get(id);
			if (deployment === undefined) throw new HttpError(403, 'No such instance');
			terminate(state, deployment);
			return { message: 'Instance Terminated' };
		},
	);

	app.get('/v1/deploy/health', () => ({ message: 'OK' }));
}

/** @throws HttpError: 402 without tokens, 403 with too many deployments */
function launchIfAllowed(state: State, request: DeployRequest) {
	const { deployOutOfTokens, deployNumberLimit: limit } = state.settings;
	if (deployOutOfTokens) throw new HttpError(402, 'Not enough tokens to launch an instance');
	const now = state.now();
	const running = [...state.deployments.values()].filter((other) =>
		isRunning(phaseOf(other, now)),
	).length;
	if (typeof limit === 'number' && running >= limit) {
		throw new HttpError(403, 'User has crossed the maximum number of running deployments');
	}
	return { message: 'Deployment Launched', deployment_id: launch(state, request).id };
}

/** @throws HttpError: 501 before it has started, 400 when it has failed */
function statusOf(state: State, deployment: Deployment, phase: Phase) {
	switch (phase) {
		case 'pending':
			throw new HttpError(501, 'Instance is not started yet, please try again.');
		case 'failed':
			throw new HttpError(400, deployment.failure ?? '');
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

/** @throws HttpError: 409 when nothing runs any more, 501 when it is too early */
function terminate(state: State, deployment: Deployment): void {
	const phase = phaseOf(deployment, state.now());
	if (!isRunning(phase)) {
		throw new HttpError(409, 'Deployment Already terminated by System / User');
	}
	if (tooEarly[state.settings.deployTerminateFrom]?.includes(phase)) {
		throw new HttpError(501, 'Deployment provision in progress, please try again!');
	}
	deployment.ended = 'terminatedByUser';
}
