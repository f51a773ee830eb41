import type { FastifyInstance } from 'fastify';

import { document } from '../../contract/document.cjs';
import { phaseOf, type Deployment } from './deployment.cjs';
import { logLines } from './deployment-log.cjs';
import { HttpError } from '../http-error.cjs';
import type { State } from '../state.cjs';
import { answerValidationErrors, ValidationError } from './validation-error.cjs';

interface ListRoute {
	Querystring: { status?: string; deployment_service?: string };
}

interface LogsRoute {
	Params: { id: string };
	Querystring: { n_lines?: string };
}

type Row = Readonly<Record<string, unknown>>;

/** GET /v1/deploy/list, /instances and /logs/{id}: what there is, and what it is doing. */
export function deployments(app: FastifyInstance, state: State): void {
	answerValidationErrors(app);

	app.get<ListRoute>('/v1/deploy/list', ({ query }) => {
		const found = [...state.deployments.values()]
			.map((deployment) => rowOf(deployment, state.now()))
			.filter(
				(row) =>
					(query.status ?? row.status) === row.status &&
					(query.deployment_service ?? row.deployment_service) === row.deployment_service,
			);
		if (found.length === 0) throw new HttpError(202, 'No deployments found for this user_id');
		return wrapped(state, 'deployments', 'deployment_id', found);
	});

	app.get('/v1/deploy/instances', () => wrapped(state, 'instances', 'blockName', instances));

	app.get<LogsRoute>('/v1/deploy/logs/:id', ({ params, query }) => {
		const { n_lines: wanted = '30' } = query;
		if (!/^[1-9]\d*$/.test(wanted)) {
			const loc = ['query', 'n_lines'];
			const msg = 'value is not a valid integer';
			throw new ValidationError([{ loc, msg, type: 'type_error.integer' }]);
		}
		const deployment = state.deployments.get(params.id);
		if (deployment === undefined) throw new HttpError(404, 'No such instance');
		const logs = logLines(deployment, state.now(), Number(wanted));
		if (logs.length > 0) return { logs };
		const message = 'Instance is not live, please try again or use status to confirm!';
		throw new HttpError(202, message);
	});
}

/** What a list says of a deployment. */
export function rowOf(deployment: Deployment, now: number) {
	const { id, name, request, createdAt } = deployment;
	return {
		deployment_id: id,
		deployment_name: name,
		deployment_service: request.service,
		status: phaseOf(deployment, now),
		created_at: new Date(createdAt).toISOString(),
	};
}

const choices = (schema: string) => (document.components.schemas[schema]?.enum ?? []).map(Number);

/** Every machine that can be had; the names are of the kind that the documentation's example shows. */
const instances: readonly Row[] = choices('GpuVram').flatMap((vram) =>
	choices('GpuCount').map((count) => ({
		blockName: `qb${vram}-v2-n${count}`,
		per_gpu_vram: vram,
		gpu_count: count,
		available: true,
	})),
);

function wrapped({ settings }: State, name: string, key: string, rows: readonly Row[]): unknown {
	switch (settings.deployListShape) {
		case 'object':
			return { [name]: rows };
		case 'array':
			return rows;
		case 'map':
			return Object.fromEntries(rows.map((row) => [String(row[key]), row]));
	}
}
