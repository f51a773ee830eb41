import type { Family } from '../engines/engine.mts';
import { catalogue } from '../models/catalogue.mts';
import { HttpError } from './http-error.mts';

/**
 * The answer for a model that no engine answers: MonsterAPI's models are known all the same, and only need an engine.
 * 404 is the only documented status that clients neither repeat nor take for an accepted job or a mistake in the input.
 * `family`: the only one that the call takes.
 */
export function modelNotFound(wanted: string, family?: Family): HttpError {
	const known = Object.keys(catalogue).find(
		(id) =>
			id.toLowerCase() === wanted.toLowerCase() &&
			(family === undefined || catalogue[id]?.family === family),
	);
	return new HttpError(
		404,
		known === undefined
			? `There is no ${family === undefined ? '' : `${family} `}model '${wanted.slice(0, 100)}': add it under 'models' in gateway.yaml`
			: `No engine answers '${known}': add models.${known}.engine to gateway.yaml`,
	);
}
