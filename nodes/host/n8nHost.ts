import {
	sleep,
	type IBinaryData,
	type IExecuteFunctions,
	type ILoadOptionsFunctions,
} from 'n8n-workflow';

import { createClient, type Client } from '../core/api/client';
import { StoppedError, type Host } from '../core/host';
import { onStop } from '../core/stop';
import { readCredential } from './credential';
import { openFile, saveFile } from './files';
import { exchange, type RequestContext } from './request';

/** Rejects at once when the signal fires; n8n's own `sleep` does so only from 2.15 on. */
async function sleepUntil(ms: number, signal: AbortSignal): Promise<void> {
	if (signal.aborted) throw new StoppedError();
	await new Promise<void>((resolve, reject) => {
		const timer = new AbortController();
		const forget = onStop(signal, () => {
			timer.abort();
			reject(new StoppedError());
		});
		void sleep(ms, timer.signal)
			.catch(() => undefined)
			.then(() => {
				forget();
				resolve();
			});
	});
}

type PlatformHost = Omit<Host<IBinaryData>, 'openFile' | 'saveFile' | 'signal'>;

const platform = (context: RequestContext): PlatformHost => ({
	request: async (request) => await exchange(context, request),
	sleep: sleepUntil,
	now: () => Date.now(),
	random: () => Math.random(),
	log: (message, details) => context.logger.info(message, { ...details }),
});

/** The host of an execution: stops with it, and has its files. */
const executionHost = (context: IExecuteFunctions): Host<IBinaryData> => ({
	...platform(context),
	// Absent in old versions, and where an agent calls the node: then nothing can stop it.
	signal: context.getExecutionCancelSignal() ?? new AbortController().signal,
	openFile: async (itemIndex, property) => await openFile(context, itemIndex, property),
	saveFile: async (stream, label) => await saveFile(context, stream, label),
});

/** The host of the editor's pickers: no files, no stop. */
const editorHost = (context: RequestContext): Host<never> => ({
	...platform(context),
	signal: new AbortController().signal,
	openFile: async () => await Promise.reject(new StoppedError()),
	saveFile: async () => await Promise.reject(new StoppedError()),
});

/** The client of one execution of the node, with the credential that the user chose. */
export async function executionClient(context: IExecuteFunctions): Promise<Client<IBinaryData>> {
	const { baseUrl, apiKey } = await readCredential(context);
	return createClient(executionHost(context), { baseUrl, secrets: [apiKey] });
}

/** The client of the editor's pickers. */
export async function editorClient(context: ILoadOptionsFunctions): Promise<Client<never>> {
	const { baseUrl, apiKey } = await readCredential(context);
	return createClient(editorHost(context), { baseUrl, secrets: [apiKey] });
}
