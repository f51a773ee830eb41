import type {
	IAuthenticateGeneric,
	ICredentialTestRequest,
	ICredentialType,
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

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: '=Bearer {{$credentials.apiKey.trim()}}' } },
	};

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
}
