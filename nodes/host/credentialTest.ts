import type {
	ICredentialTestFunctions,
	ICredentialsDecrypted,
	INodeCredentialTestResult,
} from 'n8n-workflow';

import { findConnectionFault } from '../core/api/connection';
import type { HttpRequest, HttpResult } from '../core/host';
import { isRecord } from '../core/json';
import { toNetworkError } from './networkErrors';
import { startTimeout } from './requestTimeouts';

/** Tests a credential for its form in the editor. */
export async function testCredential(
	this: ICredentialTestFunctions,
	{ data }: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	const fault = await findConnectionFault(
		data ?? {},
		async (request, apiKey) => await sendTestRequest(this.helpers, request, apiKey),
	);
	return fault === undefined
		? { status: 'OK', message: 'MonsterAPI accepted the API key' }
		: { status: 'Error', message: fault };
}

/** n8n gives a test nothing but its oldest HTTP helper, without the credential. */
async function sendTestRequest(
	{ request: send }: ICredentialTestFunctions['helpers'],
	{ method, url, query, timeoutMs }: HttpRequest,
	apiKey: string,
): Promise<HttpResult> {
	return await new Promise((resolve) => {
		// The helper's own timeout starts again with each byte.
		const clear = startTimeout(timeoutMs, () =>
			resolve({ kind: 'networkError', reached: 'maybe', transient: true, code: 'ETIMEDOUT' }),
		);
		send({
			method,
			uri: url,
			qs: query,
			headers: { Accept: 'application/json', Authorization: `Bearer ${apiKey}` },
			timeout: timeoutMs,
			followRedirect: false,
			simple: false,
			resolveWithFullResponse: true,
		}).then(
			(response: unknown) => {
				clear();
				resolve(toResult(response));
			},
			(error: unknown) => {
				clear();
				resolve(toNetworkError(error));
			},
		);
	});
}

function toResult(response: unknown): HttpResult {
	if (!isRecord(response) || typeof response['statusCode'] !== 'number') {
		return { kind: 'networkError', reached: 'maybe', transient: true, code: 'NO_ANSWER' };
	}
	const { statusCode: status, body } = response;
	return { kind: 'text', status, headers: {}, text: typeof body === 'string' ? body : '' };
}
