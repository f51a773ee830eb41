import type {
	ICredentialDataDecryptedObject,
	ICredentialTestRequest,
	ICredentialType,
	IHttpRequestOptions,
	INodeProperties,
	Icon,
} from 'n8n-workflow';

// The service's own name ends with API already.
const serviceName = 'MonsterAPI';

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
			description: 'The key that the MonsterAPI dashboard shows after sign-up',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: 'https://api.monsterapi.ai/v1',
			description: 'Where the API answers. Change it only to use a proxy or the emulator.',
		},
	];

	// The one documented call that needs a key, costs nothing and answers 200 on an account without anything in it.
	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{$credentials.baseUrl.trim().replace(/\\/+$/, "")}}',
			url: '/upload',
			qs: { filename: 'credential-test.txt' },
		},
		rules: [
			{
				type: 'responseCode',
				properties: { value: 401, message: 'MonsterAPI did not accept the API key' },
			},
			{
				type: 'responseCode',
				properties: {
					value: 404,
					message: 'There is no MonsterAPI at this Base URL: it ends with /v1',
				},
			},
		],
	};

	/**
	 * Adds the key to a request. In code, since n8n 2.39 cannot evaluate a credential's expression in a workflow whose
	 * files are kept inside the JSON (setting `binaryMode: combined`).
	 */
	async authenticate(
		{ apiKey }: ICredentialDataDecryptedObject,
		options: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
		const key = typeof apiKey === 'string' ? apiKey.trim() : '';
		return { ...options, headers: { ...options.headers, Authorization: `Bearer ${key}` } };
	}
}
