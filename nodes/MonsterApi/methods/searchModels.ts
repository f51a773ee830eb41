import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { listModels, offeredModels } from '../../core/api/models';
import type { Family } from '../../core/catalogue';
import { plainClient } from '../../host/n8nHost';

/**
 * The models of a family for its picker, searched by name or ID: the catalogue, and what the server names besides. It never
 * fails: without a credential, and with a server that has no such list, it is the catalogue alone.
 */
const searchModels = (family?: Family) =>
	async function (this: ILoadOptionsFunctions, filter = ''): Promise<INodeListSearchResult> {
		const served = await plainClient(this)
			.then(listModels)
			.catch(() => []);
		const search = filter.trim().toLowerCase();
		return {
			results: offeredModels(family, served)
				.filter(({ id, label }) => `${label} ${id}`.toLowerCase().includes(search))
				.map(({ id, label, description }) => ({
					name: label,
					value: id,
					...(description === undefined ? {} : { description }),
				})),
		};
	};

/** One picker for each family, and one for all models. */
export const modelSearches = {
	searchAllModels: searchModels(),
	searchEditModels: searchModels('imageEdit'),
	searchImageModels: searchModels('image'),
	searchSpeechModels: searchModels('speech'),
	searchTextModels: searchModels('text'),
	searchTranscriptionModels: searchModels('transcription'),
};
