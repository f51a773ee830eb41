import type { IExecuteFunctions } from 'n8n-workflow';

import { MonsterApiError } from '../core/api/errors';

export interface Credential {
	readonly apiKey: string;
	/** Without a trailing slash. */
	readonly baseUrl: string;
}

export type CredentialContext = Pick<IExecuteFunctions, 'getCredentials'>;

/**
 * Reads the credential that the node uses.
 * @throws MonsterApiError when the key is empty or the base URL is no web address
 */
export async function readCredential(context: CredentialContext): Promise<Credential> {
	const { apiKey, baseUrl } = await context.getCredentials<Record<string, unknown>>('monsterApi');
	const url = typeof baseUrl === 'string' ? baseUrl.trim().replace(/\/+$/, '') : '';
	if (!URL.canParse(url) || !/^https?:/i.test(url)) {
		throw new MonsterApiError('The base URL of the MonsterAPI credential is not a web address', {
			advice: 'The hosted service has https://api.monsterapi.ai/v1.',
			retryable: false,
		});
	}
	const key = typeof apiKey === 'string' ? apiKey.trim() : '';
	if (key === '') {
		throw new MonsterApiError('The API key of the MonsterAPI credential is empty', {
			advice: 'The MonsterAPI dashboard shows it.',
			retryable: false,
		});
	}
	return { apiKey: key, baseUrl: url };
}
