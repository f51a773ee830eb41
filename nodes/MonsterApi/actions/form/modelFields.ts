import type { INodeProperties } from 'n8n-workflow';

import { requireModelId } from '../../../core/api/ids';
import { findModel, type Family } from '../../../core/catalogue';
import type { modelSearches } from '../../methods/searchModels';
import type { Parameters } from './parameters';

const modelLocator = (
	searchListMethod: keyof typeof modelSearches,
	defaultId: string,
): INodeProperties => ({
	displayName: 'Model',
	name: 'model',
	type: 'resourceLocator',
	required: true,
	default: {
		mode: 'list',
		value: defaultId,
		...labelled(defaultId),
	},
	description: 'The model to run',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			typeOptions: {
				searchListMethod,
				searchable: true,
				// The catalogue needs none.
				skipCredentialsCheckInRLC: true,
			},
		},
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. sdxl-base',
			hint: 'The part of its URL after /generate/',
			validation: [
				{
					type: 'regex',
					properties: {
						regex: '^\\s*[\\w.:@+~\\-]{1,128}\\s*$',
						errorMessage:
							'A model ID contains only letters, digits, and the characters . : @ + ~ _ -',
					},
				},
			],
		},
	],
});

/** What the form shows instead of the ID. */
function labelled(id: string): { cachedResultName?: string } {
	const label = findModel(id)?.label;
	return label === undefined ? {} : { cachedResultName: label };
}

const searchOf: Readonly<Record<Family, keyof typeof modelSearches>> = {
	text: 'searchTextModels',
	image: 'searchImageModels',
	imageEdit: 'searchEditModels',
	transcription: 'searchTranscriptionModels',
	speech: 'searchSpeechModels',
};

/** Selects a model of a family from a list, or any model by its ID. */
export const modelField = (family: Family, defaultId: string): INodeProperties => ({
	...modelLocator(searchOf[family], defaultId),
	// Without this, the editor keeps the model of the operation before when the operation changes.
	typeOptions: { loadOptionsDependsOn: ['operation'] },
});

/** Selects any model. */
export const anyModelField: INodeProperties = modelLocator('searchAllModels', '');

/**
 * A locator from the form, or a plain text from a saved workflow or an expression.
 * @throws MonsterApiError when it is empty or malformed
 */
export const readModelId = (parameters: Parameters): string =>
	requireModelId(parameters.locator('model', 'Model'));
