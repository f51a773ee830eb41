import { isRecord, parseJson, textsOf, type JsonRecord } from '../json';
import type { Client } from '../http/client';
import { attempts } from '../http/limits';

/** Where a live deployment answers, and what it asks for. */
export interface DeploymentEndpoint {
	readonly url: string;
	readonly token: string;
}

/** A live deployment of a language model. */
export interface DeployedModel extends DeploymentEndpoint {
	/** Whether a certificate that cannot be verified is accepted: deployments are known to have such. */
	readonly unverified: boolean;
}

export interface DeployedAnswer {
	/** One text for each that was asked for. */
	readonly texts: readonly string[];
	/** The answer as it came, unpacked. */
	readonly raw: JsonRecord;
}

/**
 * `POST {URL}/generate` at the deployment itself, with its own token. It costs nothing beyond the deployment's hours,
 * so it is repeated like a read.
 * @param timeoutMs for all attempts together, counted from when its turn comes
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
		allowInvalidCertificate: model.unverified,
		body: () => ({ kind: 'json', value: body }),
		endpoint: 'deployedModel',
		idempotency: 'idempotent',
		pool: 'request',
		timeoutMs,
		maxAttempts: attempts.read,
		// What others in line take is no fault of the deployment.
		deadline: Infinity,
		totalTimeoutMs: timeoutMs,
		parse: (answer) => {
			// The service packs its JSON into a JSON string.
			const unpacked = typeof answer === 'string' ? parseJson(answer) : answer;
			if (!isRecord(unpacked)) return { unreadable: 'The deployment answered with something else' };
			const { text } = unpacked;
			const texts = typeof text === 'string' ? [text] : textsOf(text);
			return texts.length === 0
				? { unreadable: 'The deployment answered without a text' }
				: { value: { texts, raw: unpacked } };
		},
	});
