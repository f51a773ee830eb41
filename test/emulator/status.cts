import type { FastifyInstance } from 'fastify';

import { jobStatus } from './job.cjs';
import { Refusal } from './refusal.cjs';
import { creditOf, resultOf } from './result.cjs';
import type { State } from './state.cjs';

const pendingResults = { absent: {}, null: { result: null }, empty: { result: {} } } as const;

/** GET /v1/status/{process_id} */
export function status(app: FastifyInstance, state: State): void {
	app.get<{ Params: { id: string } }>('/v1/status/:id', (request) => {
		const job = state.jobs.get(request.params.id);
		if (job === undefined) throw new Refusal(404, 'Not Found: no such process');
		const now = jobStatus(job, state.now());
		const head = { process_id: job.processId, status: now };
		switch (now) {
			case 'IN_QUEUE':
			case 'IN_PROGRESS':
				return { ...head, ...pendingResults[state.settings.pendingResult] };
			case 'FAILED':
				return { ...head, result: { errorMessage: job.failure } };
			case 'COMPLETED':
				return { ...head, result: resultOf(state, job), credit_used: creditOf(job), overage: 0 };
		}
	});
}
