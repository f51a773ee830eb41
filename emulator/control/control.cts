import type { FastifyInstance } from 'fastify';

import { faultSchema, type Fault } from '../fault.cjs';
import { jobStatus } from '../generate/job.cjs';
import { settingsSchema, type Settings } from '../settings.cjs';
import type { State } from '../state.cjs';

/** /control: how tests in another process, and users, steer the emulator and look into it. */
export function control(app: FastifyInstance, state: State): void {
	void app.register((scope, _options, done) => {
		// Clients name some type even when they send nothing, and no type is wrong here.
		scope.removeAllContentTypeParsers();
		scope.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null));
		scope.post('/control/reset', () => {
			state.reset();
			return { message: 'The emulator was reset' };
		});
		done();
	});

	app.get('/control/settings', () => state.settings);

	app.patch<{ Body: Partial<Settings> }>(
		'/control/settings',
		{ schema: { body: settingsSchema } },
		(request) => Object.assign(state.settings, request.body),
	);

	app.post<{ Body: Fault }>('/control/faults', { schema: { body: faultSchema } }, (request) => {
		state.faults.push(request.body);
		return { pending: state.faults.length };
	});

	app.get('/control/requests', () => {
		const { openRequests, peakOpenRequests, openTransfers, peakTransfers, requests } = state;
		return { openRequests, peakOpenRequests, openTransfers, peakTransfers, requests };
	});

	app.get('/control/jobs', () =>
		[...state.jobs.values()].map((job) => ({ ...job, status: jobStatus(job, state.now()) })),
	);

	// Without signatures and paths: what is listed must not be usable as a link.
	app.get('/control/uploads', () =>
		[...state.uploads.values()].map(({ id, filename, expiresAt, stored }) => ({
			id,
			filename,
			expiresAt,
			expired: state.now() >= expiresAt,
			mime: stored?.mime,
			size: stored?.size,
			sha256: stored?.sha256,
		})),
	);
}
