import {
	sleep,
	type IBinaryData,
	type IExecuteFunctions,
	type IHookFunctions,
	type ILoadOptionsFunctions,
	type IWebhookFunctions,
} from 'n8n-workflow';

import { createClient, createShared, type Client, type Shared } from '../core/http/client';
import { BoundedMap } from '../core/boundedMap';
import type { Credential } from '../core/credential';
import { CancelledError, type Host } from '../core/host';
import { onAbort } from '../core/onAbort';
import { webhookToken } from '../core/webhook/token';
import { readCredential } from './credential';
import { openFile, saveFile } from './files';
import { sendRequest, type RequestContext } from './sendRequest';

/** Rejects at once when the signal fires; n8n's own `sleep` does so only since 2.35. */
async function cancellableSleep(ms: number, signal: AbortSignal): Promise<void> {
	if (signal.aborted) throw new CancelledError();
	await new Promise<void>((resolve, reject) => {
		const timer = new AbortController();
		const unsubscribe = onAbort(signal, () => {
			timer.abort();
			reject(new CancelledError());
		});
		void sleep(ms, timer.signal)
			.catch(() => undefined)
			.then(() => {
				unsubscribe();
				resolve();
			});
	});
}

const clock: Pick<Host, 'sleep' | 'now' | 'wallClock' | 'random'> = {
	sleep: cancellableSleep,
	// Monotonic: a system clock that is set back would delay everything.
	now: () => performance.timeOrigin + performance.now(),
	// The clock above may stop while a computer sleeps.
	wallClock: () => Date.now(),
	random: () => Math.random(),
};

type PlatformHost = Omit<Host<IBinaryData>, 'openFile' | 'saveFile' | 'signal'>;

const platform = (context: RequestContext): PlatformHost => ({
	...clock,
	request: (request) => sendRequest(context, request),
	log: (message, details) => context.logger.info(message, { ...details }),
});

/** The host of an execution: cancelled with it, and with access to its files. */
const executionHost = (context: IExecuteFunctions): Host<IBinaryData> => ({
	...platform(context),
	// Undefined if nothing can cancel the execution.
	signal: context.getExecutionCancelSignal() ?? new AbortController().signal,
	openFile: async (itemIndex, binary) => await openFile(context, itemIndex, binary),
	saveFile: async (stream, label) => await saveFile(context, stream, label),
});

/** The host of a received callback: it can store files, and is never cancelled. */
const callbackHost = (context: IWebhookFunctions): Host<IBinaryData> => ({
	...plainHost(context),
	saveFile: async (stream, label) => await saveFile(context, stream, label),
});

/** The host of the editor's pickers and of registrations: no files, never cancelled. */
const plainHost = (context: RequestContext): Host<never> => ({
	...platform(context),
	signal: new AbortController().signal,
	openFile: async () => await Promise.reject(new CancelledError()),
	saveFile: async () => await Promise.reject(new CancelledError()),
});

const createClientFor = <Stored>(
	host: Host<Stored>,
	{ baseUrl, secrets }: Credential,
	shared?: Shared,
): Client<Stored> =>
	createClient(host, { baseUrl, secrets, ...(shared === undefined ? {} : { shared }) });

/* By account. Callbacks are independent of each other, but a burst of them must not cause a burst of requests. */
const sharedByAccount = new BoundedMap<string, Shared>(100);

// They outlive the callback, so they must not refer to its context.
const sharedByCallbacks = ({ baseUrl, apiKey }: Credential): Shared =>
	sharedByAccount.getOrCreate(webhookToken(apiKey, baseUrl), () => createShared(clock));

/** The client of an execution of the node. */
export const executionClient = async (context: IExecuteFunctions): Promise<Client<IBinaryData>> =>
	createClientFor(executionHost(context), await readCredential(context));

/** The client of the editor's pickers and of a webhook's registration. */
export const plainClient = async (
	context: ILoadOptionsFunctions | IHookFunctions,
): Promise<Client<never>> => createClientFor(plainHost(context), await readCredential(context));

/** The client that verifies a received callback and downloads its files. */
export function callbackClient(
	context: IWebhookFunctions,
	credential: Credential,
): Client<IBinaryData> {
	return createClientFor(callbackHost(context), credential, sharedByCallbacks(credential));
}
