import type { ErrorMessage, Endpoint } from './errorMessages';

/** Who is call, and what to do when it does not answer: a fault of one says nothing about the others. */
export interface Service {
	readonly name: string;
	/** Its name within a sentence. */
	readonly inText: string;
	/** What to do when no connection was made, */
	readonly unreached: string;
	/** when one broke off, */
	readonly brokenOff: string;
	/** and when the answer made no sense. */
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
	unreadable: 'Look at its lines with Deployment > Get Logs, or try again later.',
};

const storage: Service = {
	name: 'The file storage',
	inText: 'the file storage',
	unreached: 'Files are kept on another host than the API: check that n8n’s network reaches it.',
	brokenOff: 'Try again later.',
	unreadable: 'Try again later.',
};

export const isStorage = (endpoint: Endpoint): boolean =>
	endpoint === 'uploadFile' || endpoint === 'resultFile';

export const serviceOf = (endpoint: Endpoint): Service => {
	if (endpoint === 'deployedModel') return deployment;
	return isStorage(endpoint) ? storage : api;
};

/** What to say about a status that nobody lists for it. */
export const refusedByDeployment = (status: number): ErrorMessage => ({
	message: `The deployment refused the request with status ${status}`,
	advice: 'Check the input, and its lines with Deployment > Get Logs.',
	retryable: status === 408 || status === 425,
});

/** The storage gets no key, and knows no plan. */
export const refusedByStorage = (status: number): ErrorMessage =>
	status >= 500 || status === 429
		? {
				message: 'The file storage has too much to do, or is out of order',
				advice: 'Try again later.',
				retryable: true,
			}
		: {
				message: `The file storage refused the request with status ${status}`,
				advice: 'The link of the file may have run out. Try again.',
				retryable: true,
			};
