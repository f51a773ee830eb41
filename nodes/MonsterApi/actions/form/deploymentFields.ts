import type { INodeProperties } from 'n8n-workflow';

import { requireDeploymentId } from '../../../core/api/ids';
import { gpus } from '../../../core/catalogue/deployments';
import { launchOptionsField } from './optionFields';
import { parameterField } from './parameterFields';
import type { Parameters } from './parameters';

const deploymentLocator = (searchListMethod: string): INodeProperties => ({
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
			typeOptions: { searchListMethod, searchable: true },
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
						errorMessage:
							'A deployment ID contains only letters, digits, dashes, dots and underscores',
					},
				},
			],
		},
	],
});

/** Selects a deployment from the account's list, or by its ID. */
export const deploymentField = deploymentLocator('searchDeployments');

/** The same, with live deployments only in the list. */
export const liveDeploymentField = deploymentLocator('searchLiveDeployments');

/** Above the fields of the operations that start a deployment. */
export const costNotice: INodeProperties = {
	displayName: 'Costs money by the hour until it is terminated',
	name: 'costNotice',
	type: 'notice',
	default: '',
};

/** @throws MonsterApiError when it is empty or malformed */
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
		'Whether to wait until the deployment is live. If off, the output is its ID: check it later with Deployment > Get. It is then never terminated automatically.',
};

export const terminateOnFailureField: INodeProperties = {
	displayName: 'Terminate on Failure',
	name: 'terminateOnFailure',
	type: 'boolean',
	default: false,
	displayOptions: { show: { waitUntilLive: [true] } },
	description:
		'Whether to terminate a deployment that is not live in time or whose launch fails. If the node fails or is stopped before it has finished, all its deployments are terminated.',
};

/** The "Options" of operations that start a deployment. */
export const deployOptionsField = launchOptionsField(
	'launchPollIntervalSeconds',
	'launchTimeout',
	'maxConcurrency',
	'onLaunchTimeout',
);
