import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { alphabetically } from '../../core/alphabetical';
import { listDeployments } from '../../core/api/deploymentInfo';
import { toNodeError } from '../../host/errors';
import { plainClient } from '../../host/n8nHost';

/** The account's deployments for the picker, searched by name, ID or status. */
export async function searchDeployments(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	const deployments = await plainClient(this)
		.then(async (client) => await listDeployments(client))
		.catch(async (error: unknown) => await Promise.reject(toNodeError(this.getNode(), error)));
	const search = filter?.toLowerCase() ?? '';
	return {
		results: deployments
			.flatMap(({ id, name, status }) =>
				id === undefined
					? []
					: [{ name: `${name ?? id}${status === undefined ? '' : ` (${status})`}`, value: id }],
			)
			.filter(({ name, value }) => `${name} ${value}`.toLowerCase().includes(search))
			.sort(alphabetically(({ name }) => name)),
	};
}
