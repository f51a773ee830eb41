import type { IExecuteFunctions } from 'n8n-workflow';

import { MonsterApiError } from '../core/http/errors';
import { trimEndOf } from '../core/trimEndOf';

export interface Credential {
	readonly apiKey: string;
	/** Without a trailing slash. */
	readonly baseUrl: string;
}

type CredentialContext = Pick<IExecuteFunctions, 'getCredentials'>;

export type SharedCredentialContext = CredentialContext &
	Pick<IExecuteFunctions, 'getNode' | 'getWorkflow'>;

/**
 * Reads the credential of the node.
 * @throws MonsterApiError when the key is empty or the base URL is not a web address
 */
export async function readCredential(context: CredentialContext): Promise<Credential> {
	const { apiKey, baseUrl } = await context.getCredentials<Record<string, unknown>>('monsterApi');
	const url = trimEndOf(typeof baseUrl === 'string' ? baseUrl.trim() : '', '/');
	if (!URL.canParse(url) || !/^https?:/i.test(url)) {
		throw new MonsterApiError('The base URL of the MonsterAPI credential is not a web address', {
			advice: 'The base URL of the hosted service is https://api.monsterapi.ai/v1.',
			retryable: false,
		});
	}
	const key = typeof apiKey === 'string' ? apiKey.trim() : '';
	if (key === '') {
		throw new MonsterApiError('The API key of the MonsterAPI credential is empty', {
			advice: 'Copy it from the MonsterAPI dashboard.',
			retryable: false,
		});
	}
	return { apiKey: key, baseUrl: url };
}

/** How long a pending read is shared, in milliseconds: if one hangs, later callers do not wait for it. */
const maxSharedMs = 5_000;

interface PendingRead {
	readonly credential: Promise<Credential>;
	readonly since: number;
}

const pendingReads = new Map<string, PendingRead>();

/**
 * Reads the credential of the node once for concurrent callers. Outside an execution n8n 2.39 creates an isolate for each
 * read, and in a burst of callbacks isolates are most of its work (docs/crashes.md).
 * @throws MonsterApiError as `readCredential` does
 */
export async function sharedCredential(context: SharedCredentialContext): Promise<Credential> {
	// Per workflow, because n8n decides for each whether it may use the credential.
	const key = `${context.getWorkflow().id ?? ''}/${context.getNode().credentials?.['monsterApi']?.id ?? ''}`;
	const since = performance.now();
	const pending = pendingReads.get(key);
	if (pending !== undefined && since - pending.since < maxSharedMs) return await pending.credential;
	const read: PendingRead = { credential: readCredential(context), since };
	pendingReads.set(key, read);
	try {
		return await read.credential;
	} finally {
		if (pendingReads.get(key) === read) pendingReads.delete(key);
	}
}
