import type { FastifyInstance } from 'fastify';
import { findJob } from '../jobs/job-store.mts';
import { HttpError } from './http-error.mts';
import type { Services } from './services.mts';

const uuid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** GET /status/{process_id}; POST is tolerated, as some client polls so. */
export function statusRoutes(server: FastifyInstance, { database }: Services): void {
	server.route<{ Params: { process_id: string } }>({
		method: ['GET', 'POST'],
		url: '/status/:process_id',
		handler: async (request) => {
			const id = request.params.process_id;
			const job = uuid.test(id) ? await findJob(database, id, request.apiKey.name) : undefined;
			if (job === undefined) throw new HttpError(404, `No process ${id.slice(0, 100)}`);
			return {
				process_id: job.id,
				status: job.status,
				...(job.result === undefined ? {} : { result: job.result }),
				// As documented, of a completed job only. Engines of one's own cost no credits.
				...(job.status === 'COMPLETED' ? { credit_used: 0, overage: 0 } : {}),
			};
		},
	});
}
