import type { IBinaryData, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import type { JobState } from '../core/api/status';
import { BoundedMap } from '../core/boundedMap';
import type { Client } from '../core/http/client';
import { isRecord, textsOf } from '../core/json';
import { parseCallback } from '../core/webhook/callback';
import { downloadWithinLimit } from '../core/webhook/outputs';
import { isToken, webhookToken } from '../core/webhook/token';
import {
	createCallbackState,
	verifyCallback,
	type CallbackState,
	type Verdict,
} from '../core/webhook/verifyCallback';
import { sharedCredential } from '../host/credential';
import { callbackClient } from '../host/n8nHost';
import { withFiles, type ItemOutput, type OutputOptions } from '../output/jobItem';
import { identityOf } from './identity';
import { readOptions } from './options';
import { warnThrottled } from './throttledLog';

/** Deliveries that this process remembers per trigger; each takes about 100 bytes. */
const maxDeliveries = 10_000;
/** Deliveries in the workflow's static data, which survive a restart: they are written with each callback. */
const maxStoredDeliveries = 200;
/** Log lines per hour about a trigger's callbacks that could not be checked. */
const maxUnavailableWarnings = 200;

/* By trigger: several callbacks of one job may be handled at the same time. */
const callbackStates = new BoundedMap<string, CallbackState>(200);

/** Responds without starting the workflow. Throwing would record a failed execution. */
function respond(context: IWebhookFunctions, status: number, text: string): IWebhookResponseData {
	context.getResponseObject().status(status).type('text/plain').send(text).end();
	return { noWebhookResponse: true };
}

const responses: Readonly<Record<Exclude<Verdict['kind'], 'accepted'>, [number, string]>> = {
	ignored: [200, 'Nothing to do'],
	refused: [401, 'Not accepted'],
	throttled: [429, 'Too many callbacks about unknown jobs'],
	unavailable: [503, 'Could not be checked now, send it again later'],
};

/**
 * Receives a callback. MonsterAPI tests the URL before it registers it, with an undocumented method: any request that is no
 * callback is answered with 200 and starts nothing.
 */
export async function receive(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	if (context.getWebhookName() === 'setup') return respond(context, 200, 'OK');
	const test = context.getMode() === 'manual';
	const { name } = context.getNode();
	const { scope } = identityOf(context.getNode(), context.getWorkflow().id, '', test);
	const credential = await sharedCredential(context).catch((error: unknown) => {
		const reason = error instanceof Error ? error.message : String(error);
		const message = `A callback could not be checked, because the credential cannot be read: ${reason}`;
		warnThrottled(context, `${scope} credential`, message);
		return undefined;
	});
	// Throwing would let anybody who knows the URL record failed executions.
	if (credential === undefined) return respond(context, ...responses.unavailable);
	const query: unknown = context.getQueryData();
	const token = isRecord(query) ? query['token'] : undefined;
	if (!isToken(token, webhookToken(credential.apiKey, scope))) {
		// Most likely the API key was changed, which changes the token too.
		const message = `A callback to '${name}' had a wrong token and was rejected. If the API key was changed, unpublish the workflow and publish it again.`;
		warnThrottled(context, `${scope} token`, message);
		return respond(context, ...responses.refused);
	}
	const callback = parseCallback(context.getBodyData(), rawBody(context));
	if (callback.kind === 'probe') return respond(context, 200, 'OK');
	if (callback.kind === 'malformed') return respond(context, 400, 'Not a callback');

	const client = callbackClient(context, credential);
	// A test event may be sent any number of times.
	const trigger = test ? createCallbackState(1) : callbackStateFor(context, scope);
	// The whole form is read before the sender is answered, because an expression can fail.
	const options = readOptions(context);
	const verdict = await verifyCallback(client, callback, trigger, options);
	if (verdict.kind !== 'accepted') {
		if ('reason' in verdict) {
			const message = `A callback to '${name}' about job ${callback.processId} was not accepted. ${verdict.reason}`;
			// One that could not be checked may be genuine: with its ID in the log the job can be found.
			const limit = verdict.kind === 'unavailable' ? maxUnavailableWarnings : 1;
			warnThrottled(context, `${scope} ${verdict.kind}`, message, limit);
		}
		return respond(context, ...responses[verdict.kind]);
	}
	// Before the files are downloaded, so that the sender does not have to wait.
	const response = respond(context, 200, 'Accepted');
	const { state, model } = verdict;
	const { deduplicator } = trigger;
	const items = await toItems(client, state, model, options);
	deduplicator.started(state.processId, state.status);
	// n8n writes the workflow's whole static data as it was when the callback arrived (docs/decisions/0007-callbacks.md).
	if (!test) {
		context.getWorkflowStaticData('node')['deliveries'] = deduplicator.newest(maxStoredDeliveries);
	}
	return { ...response, workflowData: [items.map((item) => ({ ...item }))] };
}

function rawBody(context: IWebhookFunctions): string | undefined {
	const raw: unknown = Reflect.get(context.getRequestObject(), 'rawBody');
	return raw instanceof Uint8Array ? new TextDecoder().decode(raw) : undefined;
}

function callbackStateFor(context: IWebhookFunctions, scope: string): CallbackState {
	const key = `${context.getWorkflow().id ?? ''}/${context.getNode().id}/${scope}`;
	const state = callbackStates.getOrCreate(key, () => createCallbackState(maxDeliveries));
	state.deduplicator.restore(textsOf(context.getWorkflowStaticData('node')['deliveries']));
	return state;
}

/** The same items that the node returns. A file that cannot be downloaded does not lose the event. */
async function toItems(
	client: Client<IBinaryData>,
	state: JobState,
	model: string | undefined,
	options: OutputOptions,
): Promise<ItemOutput[]> {
	const outputs = options.download
		? await downloadWithinLimit(client, state, model, options.maxFileBytes)
		: { files: [] };
	return withFiles(client, state, model, outputs, options);
}
