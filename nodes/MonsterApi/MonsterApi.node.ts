import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { testCredential } from '../host/credentialTest';
import { properties } from './actions/properties';
import { route } from './actions/router';
import { searchDeployments, searchLiveDeployments } from './methods/searchDeployments';
import { modelSearches } from './methods/searchModels';
import { searchWebhooks } from './methods/searchWebhooks';

export class MonsterApi implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'MonsterAPI',
		name: 'monsterApi',
		icon: {
			light: 'file:../../icons/monsterapi.svg',
			dark: 'file:../../icons/monsterapi.dark.svg',
		},
		group: ['transform'],
		version: 1,
		// The model as it is stored: an expression has no value before the workflow runs.
		subtitle:
			'={{ $parameter["operation"] + ": " + String($rawParameter["model"] || $parameter["resource"]).replace(/^=/, "") }}',
		description: 'Generate text, images and speech, and transcribe audio with MonsterAPI',
		defaults: { name: 'MonsterAPI' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		usableAsTool: true,
		credentials: [{ name: 'monsterApi', required: true, testedBy: 'testCredential' }],
		// For n8n to redact where it shows an execution. 2.40.7 has the setting but does not use it yet.
		sensitiveOutputFields: ['api_auth_token'],
		properties,
	};

	methods = {
		credentialTest: { testCredential },
		listSearch: { ...modelSearches, searchDeployments, searchLiveDeployments, searchWebhooks },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await route(this);
	}
}
