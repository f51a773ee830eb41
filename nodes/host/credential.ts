import type { IExecuteFunctions } from 'n8n-workflow';

import { MonsterApiError } from '../core/api/errors';

export interface Credential {
	readonly apiKey: string;
	/** Without a trailing slash. */
	readonly baseUrl: string;
}

export type CredentialContext = Pick<IExecuteFunctions, 'getCredentials'>;

export type SharingContext = CredentialContext & Pick<IExecuteFunctions, 'getNode' | 'getWorkflow'>;

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

const readsUnderWay = new Map<string, Promise<Credential>>();

/**
 * Reads the credential that the node uses, for callers of which many come at once: who comes while it is being read shares
 * what comes of it. Outside an execution n8n 2.39 makes an isolate for each reading, which costs it more than all else
 * that a callback does.
 * @throws MonsterApiError as `readCredential` does
 */
export async function sharedCredential(context: SharingContext): Promise<Credential> {
	// One workflow at a time: whether it may use the credential is n8n's to say.
	const key = `${context.getWorkflow().id ?? ''}/${context.getNode().credentials?.['monsterApi']?.id ?? ''}`;
	const known = readsUnderWay.get(key);
	if (known !== undefined) return await known;
	const read = readCredential(context).finally(() => readsUnderWay.delete(key));
	readsUnderWay.set(key, read);
	return await read;
}
