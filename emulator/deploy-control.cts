import type { FastifyInstance } from 'fastify';

import { withoutSecrets } from './deploy-order.cjs';
import { isRunning, phaseOf } from './deployment.cjs';
import { rowOf } from './deployments.cjs';
import { Refusal } from './refusal.cjs';
import type { State } from './state.cjs';

/** /control: the deployments so far, and an end to one that its user did not ask for. */
export function deployControl(app: FastifyInstance, state: State): void {
	// Clients name some type even when they send nothing, and no type is wrong here.
	app.removeAllContentTypeParsers();
	app.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null));

	app.get('/control/deployments', () =>
		[...state.deployments.values()].map((deployment) => ({
			...rowOf(deployment, state.now()),
			running: isRunning(phaseOf(deployment, state.now())),
			order: withoutSecrets(deployment.order),
			questions: deployment.questions,
		})),
	);

	app.post<{ Params: { id: string } }>('/control/deployments/:id/end', (request) => {
		const deployment = state.deployments.get(request.params.id);
		if (deployment === undefined) throw new Refusal(404, 'No such instance');
		if (!isRunning(phaseOf(deployment, state.now()))) {
			throw new Refusal(409, 'The deployment has ended already');
		}
		deployment.ended = 'terminatedBySystem';
		return { message: 'The deployment was ended as by the system' };
	});
}
