import type { RequestBody } from '../host';
import { isRecord, type JsonRecord } from '../json';
import type { Client } from '../http/client';
import { attemptMs, attempts } from '../http/limits';
import { readId } from './ids';

/** A job that MonsterAPI has accepted, and so one that is paid. */
export interface Acceptance {
	readonly processId: string;
	/** The answer as it came. */
	readonly raw: JsonRecord;
}

export interface GenerateRequest {
	readonly model: string;
	/** Made anew for each attempt. */
	readonly body: () => RequestBody | Promise<RequestBody>;
	/** Whether the body carries a file. */
	readonly carriesFile: boolean;
	/** The registered webhook that is told about the job. */
	readonly webhookName?: string;
	/** The moment of the host's clock after which it is not tried again. */
	readonly deadline: number;
}

/**
 * `POST /generate/{model}`. Repeated only when it surely was not taken: after a 429 or when the connection was never
 * made.
 * @throws MonsterApiError
 */
export const generate = (client: Client, request: GenerateRequest): Promise<Acceptance> =>
	client.send<Acceptance>({
		method: 'POST',
		path: `/generate/${encodeURIComponent(request.model)}`,
		...(request.webhookName === undefined
			? {}
			: { query: { webhook_url_name: request.webhookName } }),
		body: request.body,
		endpoint: 'generate',
		idempotency: 'billed',
		pool: request.carriesFile ? 'transfer' : 'request',
		timeoutMs: request.carriesFile ? attemptMs.submitFile : attemptMs.submit,
		maxAttempts: attempts.connect,
		deadline: request.deadline,
		parse: (body) => {
			if (!isRecord(body)) return { unreadable: 'the answer was no JSON object' };
			const processId = readId(body['process_id']);
			return processId === undefined
				? { unreadable: 'the answer had no process_id' }
				: { value: { processId, raw: body } };
		},
	});
