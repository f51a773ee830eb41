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

/** A model whose jobs are IN_PROGRESS and do not end during a test; those of all others end almost at once. */
export const endlessModel = 'codellama-34b-instruct';
export const endlessMs = 3_600_000;

/** The parts of an instance: an installed n8n and the packed node. */
export interface Build {
	readonly install: N8nInstall;
	/** Packed once for all instances: two builds at the same time would remove each other's files. */
	readonly tarball: string;
}

/**
 * What an instance has as its MonsterAPI: the emulator, or a gateway with a recorder in front of it, whose state can be
 * read like the emulator's and not be changed.
 */
export interface MonsterApi extends Emulator {
	readonly kind: 'emulator' | 'gateway';
}

/** A real n8n, in one process or in several, with the packed node in it. */
export interface Instance {
	/** Its MonsterAPI. */
	readonly emulator: MonsterApi;
	readonly credential: StoredCredential;
	/** Acts as the owner. */
	readonly api: N8nApi;
	/** What the URLs of production webhooks begin with, without a trailing slash. */
	readonly webhookUrl: string;
}

/** The emulator as MonsterAPI: every status change calls back. */
export const openEmulator = async (): Promise<MonsterApi> => ({
	...(await startEmulator({
		apiKey,
		settings: { queueMs: 0, workMs: { default: 0, [endlessModel]: endlessMs } },
	})),
	kind: 'emulator',
});

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
