import type { FastifyInstance } from 'fastify';

import { jobStatus } from './job.cjs';
import { Refusal } from './refusal.cjs';
import { creditOf, resultPart } from './result.cjs';
import type { State } from './state.cjs';

/** GET /v1/status/{process_id} */
export function status(app: FastifyInstance, state: State): void {
	app.get<{ Params: { id: string } }>('/v1/status/:id', (request) => {
		const job = state.jobs.get(request.params.id);
		if (job === undefined) throw new Refusal(404, 'Not Found: no such process');
		const now = jobStatus(job, state.now());
		const part = resultPart(state, job, now);
		const head = { process_id: job.processId, status: now, ...part };
		return now === 'COMPLETED' ? { ...head, credit_used: creditOf(job), overage: 0 } : head;
	});
}
