import type { N8nApi } from '../support/n8n/api.cjs';
import type { N8nInstall } from '../support/n8n/install.cjs';
import { CREDENTIAL_NAME, type StoredCredential } from '../support/n8n/workflow.cjs';
import { startEmulator, type Emulator } from '../../emulator/server.cjs';

export const owner = {
	email: 'owner@example.com',
	password: 'Trigger-MonsterAPI-1',
	firstName: 'Trigger',
	lastName: 'Owner',
};

export const apiKey = 'e2e-key-0123456789';

/** The parts of an instance: an installed n8n and the packed node. */
export interface Build {
	readonly install: N8nInstall;
	/** Packed once for all instances: two builds at the same time would remove each other's files. */
	readonly tarball: string;
}

/** A real n8n, in one process or in several, with the packed node in it and the emulator as its MonsterAPI. */
export interface Instance {
	readonly emulator: Emulator;
	readonly credential: StoredCredential;
	/** Acts as the owner. */
	readonly api: N8nApi;
	/** What the URLs of production webhooks begin with, without a trailing slash. */
	readonly webhookUrl: string;
}

/** The MonsterAPI of an instance: jobs end almost at once, and every status change calls back. */
export const openEmulator = async (): Promise<Emulator> =>
	await startEmulator({ apiKey, settings: { queueMs: 0, workMs: 0 } });

/** Stores the credential with which the nodes of an instance call its MonsterAPI. */
export const storeCredential = async (
	api: N8nApi,
	{ baseUrl }: Pick<Emulator, 'baseUrl'>,
): Promise<StoredCredential> =>
	await api.createCredential({
		name: CREDENTIAL_NAME,
		type: 'monsterApi',
		data: { apiKey, baseUrl },
	});
