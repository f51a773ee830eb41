import type { RequestBody } from '../host';
import type { Client } from '../http/client';
import { redactKnownIn } from '../http/redaction';
import { attemptTimeoutMs, maxAttempts } from '../http/timeouts';
import { isRecord, parseJson, textsOf, type JsonRecord } from '../json';
import { readId, requireModelId } from './ids';

/** A job that MonsterAPI has accepted, and therefore billed. */
export interface Acceptance {
	readonly processId: string;
	/** The response without known secrets. */
	readonly raw: JsonRecord;
}

interface GenerateRequest {
	readonly model: string;
	/** Called for each attempt. */
	readonly body: () => RequestBody | Promise<RequestBody>;
	/** Whether the body carries a file. */
	readonly carriesFile: boolean;
	/** The registered webhook to call about the job. */
	readonly webhookName?: string;
	/** On the host's clock; nothing is tried after it. */
	readonly deadline: number;
}

/**
 * `POST /generate/{model}`. Repeated only if the API definitely did not accept it: after a 429, or when no connection
 * was made.
 * @throws MonsterApiError
 */
export const generate = (client: Client, request: GenerateRequest): Promise<Acceptance> =>
	client.send<Acceptance>({
		method: 'POST',
		path: `/generate/${encodeURIComponent(requireModelId(request.model))}`,
		...(request.webhookName === undefined
			? {}
			: { query: { webhook_url_name: request.webhookName } }),
		body: request.body,
		endpoint: 'generate',
		idempotency: 'billed',
		pool: request.carriesFile ? 'transfer' : 'request',
		timeoutMs: request.carriesFile ? attemptTimeoutMs.submitFile : attemptTimeoutMs.submit,
		maxAttempts: maxAttempts.connect,
		deadline: request.deadline,
		parse: (body) => {
			if (!isRecord(body)) return { unreadable: 'the answer was not a JSON object' };
			const processId = readId(body['process_id']);
			return processId === undefined
				? { unreadable: 'the answer had no process_id' }
				: { value: { processId, raw: redactKnownIn(body, client.secrets) } };
		},
	});

/** The address of a live deployment, and its access token. */
export interface DeploymentEndpoint {
	readonly url: string;
	readonly token: string;
}

/** A live deployment of a language model. */
interface DeployedModel extends DeploymentEndpoint {
	/** Whether to accept a certificate that cannot be verified: deployments are known to have such. */
	readonly allowInvalidCertificate: boolean;
}

interface DeployedAnswer {
	/** One text for each answer that was asked for. */
	readonly texts: readonly string[];
	/** The response, unpacked and without known secrets. */
	readonly raw: JsonRecord;
}

/**
 * `POST {url}/generate` of the deployment itself, with its own token. It costs nothing beyond the deployment's hours, so
 * it is retried like a read.
 * @param timeoutMs for all attempts together, from when the first one is sent
 * @throws MonsterApiError
 */
export const generateWithDeployment = async (
	client: Client,
	model: DeployedModel,
	body: JsonRecord,
	timeoutMs: number,
): Promise<DeployedAnswer> =>
	await client.withSecrets(model.token).send<DeployedAnswer>({
		method: 'POST',
		url: `${model.url}/generate`,
		bearer: model.token,
		allowInvalidCertificate: model.allowInvalidCertificate,
		body: () => ({ kind: 'json', value: body }),
		endpoint: 'deployedModel',
		idempotency: 'idempotent',
		pool: 'request',
		timeoutMs,
		maxAttempts: maxAttempts.read,
		// The time spent in the queue is not the deployment's fault.
		deadline: Infinity,
		totalTimeoutMs: timeoutMs,
		parse: (answer) => {
			// The service packs its JSON into a JSON string.
			const body = typeof answer === 'string' ? parseJson(answer) : answer;
			if (!isRecord(body)) return { unreadable: 'The deployment answered with something else' };
			const raw = redactKnownIn(body, [...client.secrets, model.token]);
			const { text } = raw;
			const texts = typeof text === 'string' ? [text] : textsOf(text);
			return texts.length === 0
				? { unreadable: 'The deployment answered without a text' }
				: { value: { texts, raw } };
		},
	});
