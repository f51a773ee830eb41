import { alphabetically } from '../alphabetical';
import { findModel, models, modelsByFamily, type Family } from '../catalogue';
import type { Client } from '../http/client';
import { isRecord, textOf, type JsonRecord } from '../json';
import { trimInvisible } from '../text';
import { readModelId } from './ids';

/** A model as a picker offers it. */
export interface OfferedModel {
	readonly id: string;
	readonly label: string;
	readonly description?: string;
}

/** A model that the server names. */
export interface ServedModel extends OfferedModel {
	/** undefined if the server does not say, or names one that the node does not have */
	readonly family?: Family;
}

/** Milliseconds for the answer: somebody is waiting for the picker, which has the catalogue in any case. */
const timeoutMs = 5_000;

/** No server has more models; a longer list is cut. */
const maxModels = 1_000;
const maxLabelLength = 100;

/**
 * `GET /models`: what the server offers, `{ "data": [{ "id", "family", "label" }] }`. MonsterAPI's own documentation does
 * not have this call, so a 404 is common.
 * @throws MonsterApiError when there is no such list
 */
export const listModels = async (client: Client): Promise<ServedModel[]> =>
	await client.send<ServedModel[]>({
		method: 'GET',
		path: '/models',
		endpoint: 'models',
		idempotency: 'idempotent',
		pool: 'request',
		timeoutMs,
		maxAttempts: 1,
		deadline: client.host.now() + timeoutMs,
		parse: (body) => {
			const list = isRecord(body) ? body['data'] : undefined;
			return Array.isArray(list)
				? { value: list.slice(0, maxModels).flatMap(parseModel) }
				: { unreadable: 'MonsterAPI answered with something that is not a list of models' };
		},
	});

function parseModel(entry: unknown): ServedModel[] {
	if (!isRecord(entry)) return [];
	const id = readModelId(entry['id']);
	if (id === undefined) return [];
	const family = textOf(entry, 'family');
	return [{ id, label: labelOf(entry) || id, ...(isFamily(family) ? { family } : {}) }];
}

const labelOf = (entry: JsonRecord): string =>
	trimInvisible((textOf(entry, 'label') ?? '').slice(0, maxLabelLength));

const isFamily = (name: string | undefined): name is Family =>
	name !== undefined && Object.hasOwn(modelsByFamily, name);

/**
 * The models of a family for its picker: the catalogue's, and those that only the server names. What the catalogue knows
 * stays as the catalogue has it.
 * @param family undefined for all models
 * @returns sorted by label
 */
export function offeredModels(
	family: Family | undefined,
	served: readonly ServedModel[],
): OfferedModel[] {
	const known: readonly OfferedModel[] = family === undefined ? models : modelsByFamily[family];
	const added = served.filter(
		(model) =>
			findModel(model.id) === undefined && (family === undefined || model.family === family),
	);
	return [...new Map([...added.reverse(), ...known].map((model) => [model.id, model])).values()]
		.map(({ id, label, description }) => ({
			id,
			label,
			...(description === undefined ? {} : { description }),
		}))
		.sort(alphabetically(({ label }) => label));
}
