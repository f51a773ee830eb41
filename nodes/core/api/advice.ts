/** What a call was about: the same status means different things to different calls. */
export type Topic = 'generate' | 'status' | 'uploadLink' | 'uploadFile' | 'resultFile' | 'webhook';

export interface Advice {
	readonly message: string;
	readonly advice: string;
	readonly retryable: boolean;
}

/** The statuses that the documentation lists for each call, and those that storage is known to give. */
interface Documented {
	generate: 400 | 401 | 403 | 404 | 415 | 429 | 500;
	status: 401 | 404;
	uploadLink: 400 | 401 | 500;
	uploadFile: 403 | 411;
	resultFile: 403 | 404;
	webhook: 400 | 401 | 404 | 408 | 500;
}

const key: Advice = {
	message: 'MonsterAPI did not accept the API key',
	advice: 'Check the API key in the MonsterAPI credential; the dashboard shows the valid one.',
	retryable: false,
};

const internal: Advice = {
	message: 'MonsterAPI could not process the request',
	advice: 'Something went wrong on MonsterAPI’s side. Try again later.',
	retryable: true,
};

const table: { readonly [T in Topic]: Readonly<Record<Documented[T], Advice>> } = {
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
			advice: 'Check the spelling of the model ID: upper and lower case matter.',
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
			advice: 'The name must end with a proper extension, such as “.mp3”.',
			retryable: false,
		},
		401: key,
		500: internal,
	},
	uploadFile: {
		403: {
			message: 'The upload link was refused',
			advice:
				'Upload links live for 30 minutes. Try again, with a smaller file or a faster connection.',
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
			message: 'The result file may not be fetched any more',
			advice: 'Its link has probably run out. The job itself was paid and finished.',
			retryable: true,
		},
		404: {
			message: 'The result file is not there',
			advice:
				'It may have been removed, or not be stored yet. The job itself was paid and finished.',
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
			message: 'MonsterAPI does not know this webhook',
			advice: 'Pick a registered webhook from the list.',
			retryable: false,
		},
		408: {
			message: 'MonsterAPI could not reach the webhook URL',
			advice:
				'The URL must be reachable from the internet: set WEBHOOK_URL in n8n to its public address.',
			retryable: true,
		},
		500: internal,
	},
};

/** What to say about a status that no documentation lists for the call. */
function undocumented(status: number): Advice {
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

/** The message and advice for a status other than success. */
export function adviceFor(topic: Topic, status: number): Advice {
	const documented: Readonly<Record<number, Advice>> = table[topic];
	const known = documented[status];
	if (known !== undefined) return known;
	// A gateway's 502 or 504 leaves open whether the job got through, and so does a 408.
	if (topic === 'generate' && (status >= 500 || status === 408)) return table.generate[500];
	return undocumented(status);
}
