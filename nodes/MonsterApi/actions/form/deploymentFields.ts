import type { INodeProperties } from 'n8n-workflow';

import { requireDeploymentId } from '../../../core/api/ids';
import { gpus } from '../../../core/catalogue/deployments';
import { launchOptionsField } from './optionFields';
import { parameterField } from './parameterFields';
import type { Parameters } from '../run/parameters';

/** Picks a deployment from the account's list, or takes its id. */
export const deploymentField: INodeProperties = {
	displayName: 'Deployment',
	name: 'deploymentId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	description: 'A deployment of the account',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			typeOptions: { searchListMethod: 'searchDeployments', searchable: true },
		},
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. {{ $json.deployment_id }}',
			validation: [
				{
					type: 'regex',
					properties: {
						regex: '^\\s*[\\w.\\-]{1,128}\\s*$',
						errorMessage: 'A deployment ID has only letters, digits, dashes, dots and underscores',
					},
				},
			],
		},
	],
};

/** @throws MonsterApiError when it is empty or cannot be one */
export const readDeploymentId = (parameters: Parameters): string =>
	requireDeploymentId(parameters.locator('deploymentId', 'Deployment'));

export const perGpuVramField: INodeProperties = {
	...parameterField('perGpuVram', gpus.per_gpu_vram),
	required: true,
};

export const gpuCountField: INodeProperties = {
	...parameterField('gpuCount', gpus.gpu_count),
	required: true,
};

export const waitUntilLiveField: INodeProperties = {
	displayName: 'Wait Until Live',
	name: 'waitUntilLive',
	type: 'boolean',
	default: true,
	description:
		'Whether to wait until the deployment answers. Off: the output is its ID, to be looked at later with Deployment > Get, and nothing terminates it by itself.',
};

/** The "Options" of what starts a deployment. */
export const deployOptionsField = launchOptionsField(
	'launchPollIntervalSeconds',
	'launchTimeout',
	'maxConcurrency',
	'onLaunchTimeout',
	'terminateOnFailure',
);
