import type {
	IBinaryData,
	IDataObject,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';

import type { Client } from '../core/http/client';
import type { JobState } from '../core/api/status';
import { isRecord, textOf, textsOf } from '../core/json';
import { verifyCallback, type VerifyOptions, type Verdict } from '../core/webhook/verifyCallback';
import { readCallback } from '../core/webhook/callback';
import { createDeduplicator, type Deduplicator } from '../core/webhook/deduplicator';
import { fetchOutputs } from '../core/webhook/outputs';
import { isToken, webhookToken } from '../core/webhook/token';
import { sharedCredential } from '../host/credential';
import {
	toJobJson,
	withFiles,
	type OutputOptions,
	type ItemOutput,
} from '../MonsterApi/output/jobItem';
import { callbackClient } from '../host/n8nHost';
import { identityOf } from './identity';
import { warnThrottled } from './throttledLog';

/** Deliveries that this process remembers per trigger; each takes about 100 bytes. */
const mostRemembered = 10_000;
/** Deliveries that outlast a restart, in the workflow's static data: it is written with each of them. */
const mostKept = 200;
const mostTriggers = 200;
/** Lines an hour in n8n's log about callbacks of one trigger that could not be checked. */
const mostUnavailable = 200;

/* By trigger: several callbacks of one job may be under way at the same moment. */
const remembered = new Map<string, Deduplicator>();

/** Answers without starting anything. Throwing would record a failed execution. */
function answer(context: IWebhookFunctions, status: number, text: string): IWebhookResponseData {
	context.getResponseObject().status(status).type('text/plain').send(text).end();
	return { noWebhookResponse: true };
}

const answers: Readonly<Record<Exclude<Verdict['kind'], 'accepted'>, [number, string]>> = {
	ignored: [200, 'Nothing to do'],
	refused: [401, 'Not accepted'],
	unavailable: [503, 'Could not be checked now, send it again later'],
};

/**
 * Receives a callback. MonsterAPI tries the URL before it registers it, with a method that nobody documents: whatever
 * is no callback is answered 200 and starts nothing.
 */
export async function receive(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	if (context.getWebhookName() === 'setup') return answer(context, 200, 'OK');
	const test = context.getMode() === 'manual';
	const { scope: place } = identityOf(context.getNode(), context.getWorkflow().id, '', test);
	const credential = await sharedCredential(context).catch((error: unknown) => {
		const reason = error instanceof Error ? error.message : String(error);
		const message = `A callback could not be checked, since the credential cannot be read: ${reason}`;
		warnThrottled(context, `${place} credential`, message);
		return undefined;
	});
	// Throwing would let anybody who knows the URL record failed executions.
	if (credential === undefined) return answer(context, ...answers.unavailable);
	const query: unknown = context.getQueryData();
	const token = isRecord(query) ? query['token'] : undefined;
	if (!isToken(token, webhookToken(credential.apiKey, place))) {
		// Most likely the API key was changed, which changes the token too.
		warnThrottled(
			context,
			`${place} token`,
			`A callback to “${context.getNode().name}” had a wrong token and was refused. If the API key was changed, publish the workflow again.`,
		);
		return answer(context, ...answers.refused);
	}
	const callback = readCallback(context.getBodyData(), rawBody(context));
	if (callback.kind === 'probe') return answer(context, 200, 'OK');
	if (callback.kind === 'malformed') return answer(context, 400, 'Not a callback');

	const client = callbackClient(context, credential);
	// A test event may be sent again and again.
	const deliveries = test ? createDeduplicator(1) : deliveriesOf(context, place);
	// All of the form is read before the sender is answered: an expression can fail.
	const form = itemForm(context);
	const verdict = await verifyCallback(client, callback, deliveries, admitOptions(context));
	if (verdict.kind !== 'accepted') {
		if ('reason' in verdict) {
			warnThrottled(
				context,
				`${place} ${verdict.kind}`,
				`A callback to “${context.getNode().name}” about job ${callback.processId} was not taken. ${verdict.reason}`,
				// What could not be checked may be true: with its ID the job can be fetched.
				verdict.kind === 'unavailable' ? mostUnavailable : 1,
			);
		}
		return answer(context, ...answers[verdict.kind]);
	}
	// Before any file is fetched: the sender should not wait for that.
	const response = answer(context, 200, 'Accepted');
	const { state, model } = verdict;
	const item = await itemOf(client, state, model, form);
	deliveries.started(state.processId, state.status);
	// n8n writes all of the workflow's static data as it was when the callback came (docs/decisions.md).
	if (!test) context.getWorkflowStaticData('node')['deliveries'] = deliveries.newest(mostKept);
	return { ...response, workflowData: [[{ ...item }]] };
}

function rawBody(context: IWebhookFunctions): string | undefined {
	const raw: unknown = Reflect.get(context.getRequestObject(), 'rawBody');
	return raw instanceof Uint8Array ? new TextDecoder().decode(raw) : undefined;
}

function deliveriesOf(context: IWebhookFunctions, place: string): Deduplicator {
	const key = `${context.getWorkflow().id ?? ''}/${context.getNode().id}/${place}`;
	const deliveries = remembered.get(key) ?? createDeduplicator(mostRemembered);
	remembered.delete(key);
	remembered.set(key, deliveries);
	const [oldest] = remembered.keys();
	if (remembered.size > mostTriggers && oldest !== undefined) remembered.delete(oldest);
	const kept: IDataObject = context.getWorkflowStaticData('node');
	deliveries.restore(textsOf(kept['deliveries']));
	return deliveries;
}

const options = (context: IWebhookFunctions) => {
	const given: unknown = context.getNodeParameter('options', {});
	return isRecord(given) ? given : {};
};

/** An expression may give a single text. */
const listOf = (value: unknown): string[] => textsOf(typeof value === 'string' ? [value] : value);

function admitOptions(context: IWebhookFunctions): VerifyOptions {
	const { models, verify, ignoreDuplicates } = options(context);
	return {
		statuses: listOf(context.getNodeParameter('statuses', [])),
		models: listOf(models),
		verify: verify !== false,
		ignoreDuplicates: ignoreDuplicates !== false,
	};
}

function itemForm(context: IWebhookFunctions): OutputOptions {
	return {
		simplify: context.getNodeParameter('simplify', true) !== false,
		// Nobody has confirmed the addresses that an unread callback names.
		download:
			context.getNodeParameter('download', true) !== false && options(context)['verify'] !== false,
		binaryField: textOf(options(context), 'outputBinaryField')?.trim() || 'data',
	};
}

/** The same item that the action node gives. A file that cannot be fetched now does not lose the event. */
async function itemOf(
	client: Client<IBinaryData>,
	state: JobState,
	model: string | undefined,
	form: OutputOptions,
): Promise<ItemOutput> {
	const json = toJobJson(state, model, form);
	if (!form.download) return { json };
	const { files, failed } = await fetchOutputs(client, state);
	const told = failed === undefined ? json : { ...json, download_failed: failed };
	return withFiles(told, files, form);
}
