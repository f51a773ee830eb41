import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { alphabetically } from '../../core/alphabetical';
import { listDeployments, type ListedDeployment } from '../../core/api/deploymentInfo';
import { toNodeError } from '../../host/errors';
import { plainClient } from '../../host/n8nHost';

/** The account's deployments for the picker, searched by name, ID or status. What has ended comes last. */
export async function searchDeployments(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	const found = await findDeployments(this, filter);
	const hasEnded = ({ phase }: ListedDeployment) => phase === 'ended' || phase === 'failed';
	return toResult([
		...found.filter((deployment) => !hasEnded(deployment)),
		...found.filter(hasEnded),
	]);
}

/** The same with live deployments only, which are all that can generate text. */
export async function searchLiveDeployments(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	const found = await findDeployments(this, filter);
	return toResult(found.filter(({ phase }) => phase === 'live'));
}

async function findDeployments(
	context: ILoadOptionsFunctions,
	filter = '',
): Promise<ListedDeployment[]> {
	const deployments = await plainClient(context)
		.then(async (client) => await listDeployments(client))
		.catch(async (error: unknown) => await Promise.reject(toNodeError(context.getNode(), error)));
	return deployments
		.filter((deployment) =>
			`${labelOf(deployment)} ${deployment.id ?? ''}`.toLowerCase().includes(filter.toLowerCase()),
		)
		.sort(alphabetically(labelOf));
}

const labelOf = ({ id, name, status }: ListedDeployment): string =>
	`${name ?? id ?? ''}${status === undefined ? '' : ` (${status})`}`;

const toResult = (deployments: readonly ListedDeployment[]): INodeListSearchResult => ({
	results: deployments.flatMap((deployment) =>
		deployment.id === undefined ? [] : [{ name: labelOf(deployment), value: deployment.id }],
	),
});
