import type { Documented, Endpoint } from './endpoint';

export interface ErrorMessage {
	readonly message: string;
	readonly advice: string;
	readonly retryable: boolean;
	/** Whether a billed request may have been accepted nevertheless. */
	readonly maybeAccepted?: boolean;
}

const key: ErrorMessage = {
	message: 'MonsterAPI did not accept the API key',
	advice:
		'Check the API key in the MonsterAPI credential; the dashboard shows the valid one. A gateway makes a new one if it is started with --new-key.',
	retryable: false,
};

const internal: ErrorMessage = {
	message: 'MonsterAPI could not process the request',
	advice: 'Something went wrong on MonsterAPI’s side. Try again later.',
	retryable: true,
};

const unknownDeployment: ErrorMessage = {
	message: 'MonsterAPI does not know this deployment',
	advice:
		'Check the deployment ID, and that the credential belongs to the account that started it. Deployment > Get Many lists them.',
	retryable: false,
};

const invalid: ErrorMessage = {
	message: 'MonsterAPI did not accept the input',
	advice: 'Check the fields that it names.',
	retryable: false,
};

const wrongToken: ErrorMessage = {
	message: 'The deployment did not accept its own token',
	advice: 'Its token may have changed, or the deployment is ending. Try again.',
	retryable: true,
};

const table: { readonly [T in Endpoint]: Readonly<Record<Documented[T], ErrorMessage>> } = {
	// Without one, the pickers offer the catalogue.
	models: {},
	generate: {
		400: {
			message: 'MonsterAPI did not accept the input',
			advice:
				'Check the prompt, the model parameters, the file, and the webhook name if there is one.',
			retryable: false,
		},
		401: key,
		403: {
			message: 'The MonsterAPI account has no credits left for this',
			advice: 'Recharge your credits, or check that your plan includes this model.',
			retryable: false,
		},
		404: {
			message: 'MonsterAPI does not know this model',
			advice:
				'Check the spelling of the model ID: upper and lower case matter. A gateway needs an engine for the model.',
			retryable: false,
		},
		415: {
			message: 'MonsterAPI does not take this kind of file',
			advice: 'Use one of the formats that the model lists, with a matching file extension.',
			retryable: false,
		},
		429: {
			message: 'MonsterAPI’s rate limit was reached',
			advice: 'Lower Max Concurrency, spread the work over time, or upgrade your MonsterAPI plan.',
			retryable: true,
		},
		500: {
			...internal,
			advice:
				'Something went wrong on MonsterAPI’s side. The job was not sent again, since it could be paid twice.',
			retryable: false,
			maybeAccepted: true,
		},
	},
	status: {
		401: key,
		404: {
			message: 'MonsterAPI does not know this job',
			advice:
				'Check the process ID, and that the credential belongs to the account that started the job.',
			retryable: false,
		},
	},
	uploadLink: {
		400: {
			message: 'MonsterAPI did not accept the file name',
			advice: 'The name needs an extension, such as .mp3.',
			retryable: false,
		},
		401: key,
		500: internal,
	},
	uploadFile: {
		403: {
			message: 'The upload link was refused',
			advice:
				'Upload links are valid for 30 minutes. Try again with a smaller file or a faster connection.',
			retryable: true,
		},
		411: {
			message: 'The upload was refused without a length',
			advice: 'A proxy between n8n and the storage removes the Content-Length header.',
			retryable: false,
		},
	},
	resultFile: {
		403: {
			message: 'The result file can no longer be fetched',
			advice: 'Its link has probably expired. The job itself has finished and is paid.',
			retryable: true,
		},
		404: {
			message: 'The result file does not exist',
			advice:
				'It may have been removed, or not be stored yet. The job itself has finished and is paid.',
			retryable: true,
		},
	},
	webhook: {
		400: {
			message: 'MonsterAPI did not accept the webhook',
			advice: 'Check the name and the URL.',
			retryable: false,
		},
		401: key,
		404: {
			// Reading and deleting an unknown webhook succeed, so it is the address that is unknown.
			message: 'MonsterAPI has no webhooks at the base URL',
			advice: 'Check the base URL of the MonsterAPI credential.',
			retryable: false,
		},
		408: {
			message: 'MonsterAPI could not reach the webhook URL',
			advice:
				'The URL must be reachable from the internet: set N8N_WEBHOOK_URL (in n8n 1 WEBHOOK_URL) to n8n’s public address.',
			retryable: true,
		},
		500: internal,
	},
	deploy: {
		402: {
			message: 'The MonsterAPI account does not have enough credits to start a deployment',
			advice: 'Recharge your credits, or ask for fewer or smaller GPUs. Nothing was started.',
			retryable: false,
		},
		403: {
			message: 'The MonsterAPI account has too many running deployments',
			advice:
				'Terminate one with Deployment > Terminate; Deployment > Get Many lists them. Nothing was started.',
			retryable: true,
		},
		405: {
			message: 'MonsterAPI found no user for this API key',
			advice: 'Check the API key in the MonsterAPI credential, or contact MonsterAPI’s support.',
			retryable: false,
		},
		422: { ...invalid, advice: 'Check the fields that it names. Nothing was started.' },
		500: {
			...internal,
			advice:
				'The deployment may have been started, so it was not sent again: check with Deployment > Get Many before you try again.',
			retryable: false,
			maybeAccepted: true,
		},
	},
	deployment: { 404: unknownDeployment, 422: invalid, 500: internal },
	deploymentList: {
		404: {
			message: 'MonsterAPI could not look up the account’s deployments',
			advice: 'Contact MonsterAPI’s support if this persists.',
			retryable: true,
		},
		422: { ...invalid, advice: 'Check the filters.' },
		500: internal,
	},
	terminate: {
		401: {
			message: 'MonsterAPI did not allow the termination',
			advice:
				'Check the API key in the MonsterAPI credential: only the account that started a deployment can end it.',
			retryable: false,
		},
		403: unknownDeployment,
		404: {
			message: 'MonsterAPI could not terminate the deployment',
			advice:
				'Check the deployment ID, and check with Deployment > Get whether it is still running.',
			retryable: true,
		},
		405: {
			message: 'MonsterAPI rejected the termination request',
			advice: 'Update this node, or terminate it in the MonsterAPI dashboard.',
			retryable: false,
		},
		422: invalid,
		501: {
			message: 'MonsterAPI is still preparing the deployment and cannot terminate it yet',
			advice: 'It will cost money once it is running: terminate it again in a minute.',
			retryable: true,
		},
	},
	computeInstances: { 500: internal },
	deployedModel: {
		401: wrongToken,
		403: wrongToken,
		404: {
			message: 'The deployment has no generate call',
			advice:
				'Only deployed language models have one; call a custom image with the HTTP Request node.',
			retryable: false,
		},
		422: { ...invalid, message: 'The deployment did not accept the input' },
		429: {
			message: 'The deployment is overloaded',
			advice: 'Lower Max Concurrency, or spread the work over time.',
			retryable: true,
		},
		500: {
			message: 'The deployment could not process the request',
			advice: 'Check its logs with Deployment > Get Logs, or try again later.',
			retryable: true,
		},
	},
};

const refusedByDeployment = (status: number): ErrorMessage => ({
	message: `The deployment refused the request with status ${status}`,
	advice: 'Check the input, and the deployment’s logs with Deployment > Get Logs.',
	retryable: status === 408 || status === 425,
});

/** Storages get no key, and know no plan. */
const refusedByStorage = (status: number): ErrorMessage => ({
	message:
		status >= 500 || status === 429
			? 'The file storage is overloaded or out of order'
			: `The file storage refused the request with status ${status}`,
	advice:
		status >= 500 || status === 429 ? 'Try again later.' : 'The link may have expired. Try again.',
	retryable: true,
});

/** Statuses that the documentation does not list for the call. */
function undocumented(status: number): ErrorMessage {
	if (status === 401) return key;
	if (status === 402) return table.generate[403];
	if (status === 429) return table.generate[429];
	if (status >= 500) return internal;
	if (status >= 300 && status < 400) {
		return {
			message: 'MonsterAPI answered with a redirect',
			advice: 'Redirects are not followed, so that the API key stays here. Check the base URL.',
			retryable: false,
		};
	}
	return {
		message: `MonsterAPI refused the request with status ${status}`,
		advice: 'Check the input and the base URL of the credential.',
		retryable: status === 408 || status === 425,
	};
}

/** The message and advice for an unsuccessful status. */
export function messageFor(endpoint: Endpoint, status: number): ErrorMessage {
	const documented: Readonly<Record<number, ErrorMessage>> = table[endpoint];
	const known = documented[status];
	if (known !== undefined) return known;
	if (endpoint === 'deployedModel') {
		return status >= 500 ? table.deployedModel[500] : refusedByDeployment(status);
	}
	if (endpoint === 'uploadFile' || endpoint === 'resultFile') return refusedByStorage(status);
	// A proxy's 502 or 504 leaves open whether the job got through, and so does a 408.
	if (status >= 500 || status === 408) {
		if (endpoint === 'generate') return table.generate[500];
		if (endpoint === 'deploy') return table.deploy[500];
	}
	return undocumented(status);
}
