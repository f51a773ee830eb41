import type { IExecuteFunctions } from 'n8n-workflow';

import { MonsterApiError } from '../core/http/errors';

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

/** Milliseconds for which a reading is shared: should one never end, those who come later are not to wait with it. */
const sharedMs = 5_000;

interface Reading {
	readonly credential: Promise<Credential>;
	readonly since: number;
}

const readings = new Map<string, Reading>();

/**
 * Reads the credential that the node uses, for callers of which many come at once: who comes while it is being read shares
 * what comes of it. Outside an execution n8n 2.39 makes an isolate for each reading, and in a burst of callbacks isolates
 * are most of its work (docs/crashes.md).
 * @throws MonsterApiError as `readCredential` does
 */
export async function sharedCredential(context: SharingContext): Promise<Credential> {
	// One workflow at a time: whether it may use the credential is n8n's to say.
	const key = `${context.getWorkflow().id ?? ''}/${context.getNode().credentials?.['monsterApi']?.id ?? ''}`;
	const since = performance.now();
	const known = readings.get(key);
	if (known !== undefined && since - known.since < sharedMs) return await known.credential;
	const reading: Reading = { credential: readCredential(context), since };
	readings.set(key, reading);
	try {
		return await reading.credential;
	} finally {
		if (readings.get(key) === reading) readings.delete(key);
	}
}
