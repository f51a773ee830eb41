import type { Endpoint } from './endpoint';

/** The host of a call, and what to do when it does not answer: a fault of one says nothing about the others. */
export interface Service {
	readonly name: string;
	/** Its name within a sentence. */
	readonly inText: string;
	/** What to do when no connection was made. */
	readonly unreached: string;
	/** What to do when a connection broke off. */
	readonly brokenOff: string;
	/** What to do when the answer could not be read. */
	readonly unreadable: string;
}

const api: Service = {
	name: 'MonsterAPI',
	inText: 'MonsterAPI',
	unreached: 'Check the base URL of the credential and the network of n8n.',
	brokenOff: 'Try again later.',
	unreadable: 'Check the base URL of the credential, or try again later.',
};

const deployment: Service = {
	name: 'The deployment',
	inText: 'the deployment',
	unreached: 'Check with Deployment > Get that it is live.',
	brokenOff: 'Check with Deployment > Get that it is live.',
	unreadable: 'Check its logs with Deployment > Get Logs, or try again later.',
};

const storage: Service = {
	name: 'The file storage',
	inText: 'the file storage',
	unreached: 'Files are kept on another host than the API: check that n8n’s network reaches it.',
	brokenOff: 'Try again later.',
	unreadable: 'Try again later.',
};

export function serviceOf(endpoint: Endpoint): Service {
	switch (endpoint) {
		case 'deployedModel':
			return deployment;
		case 'uploadFile':
		case 'resultFile':
			return storage;
		default:
			return api;
	}
}
