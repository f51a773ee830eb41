import { validationError } from '../../../core/http/errors';
import { customImageParameters } from '../../../core/catalogue/deployments';
import { customImageBody, type CustomImageForm } from '../../../core/deployments/inputs';
import { isRecord } from '../../../core/json';
import type { Operation } from '../operation';
import { parameterCollection } from '../form/parameterFields';
import { storedText } from '../form/expressionVoid';
import { requireText, type Parameters } from '../form/parameters';
import {
	costNotice,
	deployOptionsField,
	terminateOnFailureField,
	waitUntilLiveField,
} from '../form/deploymentFields';
import { launchDeployment } from '../run/launchDeployment';

const parametersLabel = 'Deployment Parameters';

export const deployCustomImage: Operation = {
	name: 'Deploy Custom Image',
	action: 'Deploy custom image',
	description: 'Start your own Docker image. It costs money until it is terminated.',
	fields: [
		costNotice,
		{
			displayName: 'Image',
			name: 'registryName',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. owner/image:tag',
			description: 'The Docker image, from Docker Hub or another registry',
		},
		{
			displayName: 'Environment Variables',
			name: 'envParams',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true },
			placeholder: 'Add variable',
			default: {},
			options: [
				{
					displayName: 'Variable',
					name: 'values',
					values: [
						{ displayName: 'Name', name: 'name', type: 'string', default: '' },
						{ displayName: 'Value', name: 'value', type: 'string', default: '' },
					],
				},
			],
		},
		parameterCollection(parametersLabel, customImageParameters),
		waitUntilLiveField,
		terminateOnFailureField,
		deployOptionsField,
	],
	execute: async (context) => {
		const { parameters } = context;
		return await launchDeployment(context, 'custom_image', () =>
			customImageBody({
				registryName: parameters.text('registryName', 'Image'),
				env: readEnv(parameters),
				parameters: {
					...parameters.record('parameters', parametersLabel),
					port_numbers: readPorts(parameters),
				},
			}),
		);
	},
};

function readEnv(parameters: Parameters): CustomImageForm['env'] {
	const label = 'Environment Variables';
	const collection = parameters.record('envParams', label);
	const values = Object.keys(collection).length === 0 ? [] : collection['values'];
	// If they were ignored, a container that costs money would run without its variables.
	if (!Array.isArray(values) || !values.every(isRecord)) {
		throw validationError(
			`'${label}' must be a list of names and values`,
			'An expression must return { "values": [{ "name": "A", "value": "1" }] }.',
		);
	}
	return values.map((pair) => ({
		name: requireText(storedText(pair, 'name'), `${label} > Name`),
		value: requireText(storedText(pair, 'value'), `${label} > Value`),
	}));
}

/** @throws MonsterApiError if an expression returns nothing: a container that costs money would run without its ports */
const readPorts = (parameters: Parameters): string =>
	requireText(parameters.collection('parameters', parametersLabel)['port_numbers'], 'Port Numbers');
