import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { alphabetically } from '../../core/alphabetical';
import { listDeployments } from '../../core/api/deployments';
import { toNodeError } from '../../host/errors';
import { plainClient } from '../../host/n8nHost';

/** The account's deployments for the picker: found by name, id or status. */
export async function searchDeployments(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	const found = await plainClient(this)
		.then(async (client) => await listDeployments(client))
		.catch(async (error: unknown) => await Promise.reject(toNodeError(this.getNode(), error)));
	const wanted = filter?.toLowerCase() ?? '';
	return {
		results: found
			.flatMap(({ id, name, status }) =>
				id === undefined
					? []
					: [{ name: `${name ?? id}${status === undefined ? '' : ` (${status})`}`, value: id }],
			)
			.filter(({ name, value }) => `${name} ${value}`.toLowerCase().includes(wanted))
			.sort(alphabetically(({ name }) => name)),
	};
}
