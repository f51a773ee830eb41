import type { N8nApi } from '../support/n8n/api.cjs';
import { CREDENTIAL_NAME, type StoredCredential } from '../support/n8n/workflow.cjs';
import { startEmulator, type Emulator } from '../../emulator/server.cjs';

export const owner = {
	email: 'owner@example.com',
	password: 'Trigger-MonsterAPI-1',
	firstName: 'Trigger',
	lastName: 'Owner',
};

export const apiKey = 'e2e-key';

/** A real n8n, in one process or in several, with the packed node in it and the emulator as its MonsterAPI. */
export interface Site {
	readonly emulator: Emulator;
	readonly credential: StoredCredential;
	/** Acts as the owner. */
	readonly api: N8nApi;
	/** What the addresses of production webhooks begin with, without a trailing slash. */
	readonly webhookUrl: string;
}

/** The MonsterAPI of a site: jobs end almost at once, and every change calls back. */
export const openService = async (): Promise<Emulator> =>
	await startEmulator({ apiKey, settings: { queueMs: 0, workMs: 0 } });

/** Stores the credential with which the nodes of a site call its MonsterAPI. */
export const storeCredential = async (
	api: N8nApi,
	{ baseUrl }: Emulator,
): Promise<StoredCredential> =>
	await api.createCredential({
		name: CREDENTIAL_NAME,
		type: 'monsterApi',
		data: { apiKey, baseUrl },
	});
