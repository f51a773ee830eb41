import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	IHttpRequestOptions,
	INodeProperties,
	Icon,
} from 'n8n-workflow';

import { normalizeApiKey } from '../nodes/core/credential';

// The service's name itself ends with API.
const serviceName = 'MonsterAPI';

/** Both nodes test it, since n8n asks the first that it finds: `nodes/host/credentialTest.ts`. */
export class MonsterApi implements ICredentialType {
	name = 'monsterApi';

	displayName = serviceName;

	icon: Icon = { light: 'file:../icons/monsterapi.svg', dark: 'file:../icons/monsterapi.dark.svg' };

	documentationUrl = 'https://github.com/n8n-nodes-monsterapi/n8n-nodes-monsterapi#credential';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description: 'The API key from the MonsterAPI dashboard',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: 'https://api.monsterapi.ai/v1',
			description:
				'The base URL of the API. For the gateway on this machine: http://127.0.0.1:4020/v1, or from n8n in Docker http://host.docker.internal:4020/v1.',
		},
	];

	/**
	 * Adds the key to a request. In code, because n8n 2.39 cannot evaluate a credential's expression in a workflow whose
	 * files are part of the JSON (setting `binaryMode: combined`).
	 */
	async authenticate(
		{ apiKey }: ICredentialDataDecryptedObject,
		options: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
		const key = normalizeApiKey(apiKey);
		return { ...options, headers: { ...options.headers, Authorization: `Bearer ${key}` } };
	}
}
