import {
	NodeConnectionTypes,
	type IHookFunctions,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { testCredential } from '../host/credentialTest';
import { checkExists, create, remove } from './lifecycle';
import { triggerPanel } from './panel';
import { properties } from './properties';
import { receive } from './receive';

export class MonsterApiTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'MonsterAPI Trigger',
		name: 'monsterApiTrigger',
		icon: {
			light: 'file:../../icons/monsterapi.svg',
			dark: 'file:../../icons/monsterapi.dark.svg',
		},
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["statuses"].join(", ") }}',
		// n8n's panel shows it for the action node too.
		description:
			'Generate text, images and speech, transcribe audio, and start a workflow when a job changes its status',
		eventTriggerDescription: 'Waiting for MonsterAPI to call back about a job',
		activationMessage:
			'MonsterAPI now calls this workflow for jobs that name its webhook (Options > Webhook Name in the MonsterAPI node).',
		triggerPanel,
		defaults: { name: 'MonsterAPI Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'monsterApi', required: true, testedBy: 'testCredential' }],
		// n8n stores the first entry before it registers the second, so the URL works when MonsterAPI tests it.
		webhooks: [
			{
				name: 'setup',
				httpMethod: 'GET,HEAD',
				responseMode: 'onReceived',
				path: 'webhook',
				ndvHideUrl: true,
			},
			{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'webhook' },
		],
		properties,
	};

	methods = { credentialTest: { testCredential } };

	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return await checkExists(this);
			},
			async create(this: IHookFunctions): Promise<boolean> {
				return await create(this);
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				return await remove(this);
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receive(this);
	}
}
