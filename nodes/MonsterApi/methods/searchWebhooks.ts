import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { alphabetically } from '../../core/alphabetical';
import { listWebhooks } from '../../core/api/webhooks';
import { toNodeError } from '../../host/errors';
import { plainClient } from '../../host/n8nHost';

/** The registered webhooks for the picker, by name. */
export async function searchWebhooks(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	const webhooks = await plainClient(this)
		.then(listWebhooks)
		.catch(async (error: unknown) => await Promise.reject(toNodeError(this.getNode(), error)));
	const search = filter?.toLowerCase() ?? '';
	return {
		results: webhooks
			.filter(({ name }) => name.toLowerCase().includes(search))
			.sort(alphabetically(({ name }) => name))
			.map(({ name }) => ({ name, value: name })),
	};
}
