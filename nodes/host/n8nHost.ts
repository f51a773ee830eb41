import {
	sleep,
	type IBinaryData,
	type IExecuteFunctions,
	type IHookFunctions,
	type ILoadOptionsFunctions,
	type IWebhookFunctions,
} from 'n8n-workflow';

import { createClient, createLimits, type Client, type Limits } from '../core/http/client';
import { CancelledError, type Host } from '../core/host';
import { onAbort } from '../core/onAbort';
import { webhookToken } from '../core/webhook/token';
import { readCredential, type Credential } from './credential';
import { openFile, saveFile } from './files';
import { sendRequest, type RequestContext } from './sendRequest';

/** Rejects at once when the signal fires; n8n's own `sleep` does so only from 2.35 on. */
async function sleepUntil(ms: number, signal: AbortSignal): Promise<void> {
	if (signal.aborted) throw new CancelledError();
	await new Promise<void>((resolve, reject) => {
		const timer = new AbortController();
		const forget = onAbort(signal, () => {
			timer.abort();
			reject(new CancelledError());
		});
		void sleep(ms, timer.signal)
			.catch(() => undefined)
			.then(() => {
				forget();
				resolve();
			});
	});
}

const clock: Pick<Host, 'sleep' | 'now' | 'wallClock' | 'random'> = {
	sleep: sleepUntil,
	// A clock that is set back would hold everything up.
	now: () => performance.timeOrigin + performance.now(),
	// The clock above stands still while a computer sleeps.
	wallClock: () => Date.now(),
	random: () => Math.random(),
};

type PlatformHost = Omit<Host<IBinaryData>, 'openFile' | 'saveFile' | 'signal'>;

const platform = (context: RequestContext): PlatformHost => ({
	...clock,
	request: (request) => sendRequest(context, request),
	log: (message, details) => context.logger.info(message, { ...details }),
});

/** The host of an execution: stops with it, and has its files. */
const executionHost = (context: IExecuteFunctions): Host<IBinaryData> => ({
	...platform(context),
	// Undefined where nothing can stop the execution.
	signal: context.getExecutionCancelSignal() ?? new AbortController().signal,
	openFile: async (itemIndex, binary) => await openFile(context, itemIndex, binary),
	saveFile: async (stream, label) => await saveFile(context, stream, label),
});

/** The host of a received callback: it can store files, and nothing stops it. */
const callbackHost = (context: IWebhookFunctions): Host<IBinaryData> => ({
	...plainHost(context),
	saveFile: async (stream, label) => await saveFile(context, stream, label),
});

/** The host of the editor's pickers and of registrations: no files, no stop. */
const plainHost = (context: RequestContext): Host<never> => ({
	...platform(context),
	signal: new AbortController().signal,
	openFile: async () => await Promise.reject(new CancelledError()),
	saveFile: async () => await Promise.reject(new CancelledError()),
});

const clientOf = <Stored>(
	host: Host<Stored>,
	{ baseUrl, apiKey }: Credential,
	limits?: Limits,
): Client<Stored> =>
	createClient(host, { baseUrl, secrets: [apiKey], ...(limits === undefined ? {} : { limits }) });

/* Each callback is a call of its own, but a burst of them must not be a burst of requests. */
const limitsOfCallbacks = new Map<string, Limits>();
const mostAccounts = 100;

function callbackLimits({ baseUrl, apiKey }: Credential): Limits {
	const account = webhookToken(apiKey, baseUrl);
	const known = limitsOfCallbacks.get(account);
	if (known !== undefined) return known;
	if (limitsOfCallbacks.size >= mostAccounts) limitsOfCallbacks.clear();
	// They outlive the callback, and must not keep its context.
	const limits = createLimits(clock);
	limitsOfCallbacks.set(account, limits);
	return limits;
}

/** The client of one execution of the node, with the credential that the user chose. */
export const executionClient = async (context: IExecuteFunctions): Promise<Client<IBinaryData>> =>
	clientOf(executionHost(context), await readCredential(context));

/** The client of the editor's pickers, and of a webhook's registration. */
export const plainClient = async (
	context: ILoadOptionsFunctions | IHookFunctions,
): Promise<Client<never>> => clientOf(plainHost(context), await readCredential(context));

/** The client with which a received callback is checked and its files are fetched. */
export function callbackClient(
	context: IWebhookFunctions,
	credential: Credential,
): Client<IBinaryData> {
	return clientOf(callbackHost(context), credential, callbackLimits(credential));
}
