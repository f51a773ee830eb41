import { parseCredential, type Credential } from '../credential';
import type { HttpRequest, HttpResult, NetworkError } from '../host';
import { MonsterApiError, statusError } from '../http/errors';
import { maxAnswerBytes } from '../http/sizes';
import { isForeign, lacksVersion } from '../http/wrongAddress';
import { parseJson } from '../json';
import { parseUploadLink } from './upload';

/** Milliseconds for the answer: somebody is watching. */
const timeoutMs = 15_000;

type Send = (request: HttpRequest, apiKey: string) => Promise<HttpResult>;

/**
 * Tests a credential with the one documented call that is cheap, needs a key and answers 200 on an empty account. It passes
 * only if the answer has the documented form: any web server answers 200.
 * @param form the credential's form as entered
 * @param send sends a request with this key; never rejects
 * @returns what is wrong and what to do, in sentences; undefined if MonsterAPI takes the key
 */
export const findConnectionFault = async (
	form: Parameters<typeof parseCredential>[0],
	send: Send,
): Promise<string | undefined> =>
	await connect(form, send).catch(async (error: unknown) =>
		error instanceof MonsterApiError ? sentences(error) : await Promise.reject(error),
	);

async function connect(
	form: Parameters<typeof parseCredential>[0],
	send: Send,
): Promise<string | undefined> {
	const credential = parseCredential(form);
	const request: HttpRequest = {
		method: 'GET',
		url: `${credential.baseUrl}/upload`,
		query: { filename: 'credential-test.txt' },
		timeoutMs,
		answer: 'text',
		maxBytes: maxAnswerBytes,
		authenticated: true,
		signal: new AbortController().signal,
	};
	return judge(await send(request, credential.apiKey), credential);
}

const sentences = ({ message, details }: MonsterApiError): string =>
	`${message}. ${details.advice ?? ''}`.trim();

function judge(result: HttpResult, credential: Credential): string | undefined {
	const { baseUrl } = credential;
	const { host } = new URL(baseUrl);
	if (result.kind === 'networkError') return unreached(result, new URL(baseUrl));
	if (result.kind !== 'text') return `${host} did not answer. Try again.`;
	const { status, text } = result;
	const isServerFault = status >= 500 || status === 408 || status === 429;
	if (isForeign(text) && !isServerFault && !isRedirect(status)) return notThere(credential);
	if (status >= 200 && status <= 299) {
		return 'value' in parseUploadLink(parseJson(text)) ? undefined : notThere(credential);
	}
	const error = statusError('uploadLink', status, text, credential.secrets, baseUrl);
	return error.details.wrongAddress === true || status === 404
		? notThere(credential)
		: sentences(error);
}

const isRedirect = (status: number): boolean => status >= 300 && status <= 399;

const notThere = ({ baseUrl }: Credential): string =>
	`${new URL(baseUrl).host} answers, but there is no MonsterAPI at ${baseUrl}. ${
		lacksVersion(baseUrl)
			? `The base URL usually ends with /v1: try ${baseUrl}/v1.`
			: 'Check the base URL.'
	}`;

/** The base URL that a new credential begins with: the service has been gone since 2026. */
const hostedService = 'api.monsterapi.ai';
const unknownHost = /^(ENOTFOUND|EAI_AGAIN)$/;
const certificate = /CERT|SELF_SIGNED|UNABLE_TO_/;
const noTls = /^(EPROTO|ERR_SSL_)/;
const tooLate = /^(ETIMEDOUT|ECONNABORTED)$/;
const noRoute = /^(EHOSTDOWN|EHOSTUNREACH|ENETDOWN|ENETUNREACH|EADDRNOTAVAIL)$/;

function unreached({ code }: NetworkError, { host, hostname }: URL): string {
	if (unknownHost.test(code)) {
		if (hostname === hostedService) {
			return `The hosted service at ${hostname} cannot be found: it has probably been shut down. Enter the base URL of a gateway, such as http://127.0.0.1:4020/v1.`;
		}
		return `The host ${hostname} is unknown. Check the base URL for typing mistakes, and the network of n8n.`;
	}
	if (code === 'ECONNREFUSED') {
		return `Nothing answers at ${host}. Check the port of the base URL, and that the server is running. In a container, localhost is the container itself.`;
	}
	if (/ssrf|blocked/i.test(code)) {
		return `n8n does not allow requests to ${host}. Ask whoever runs n8n, or use another base URL.`;
	}
	if (certificate.test(code)) {
		return `The certificate of ${host} cannot be verified. Check the base URL, or give the server a valid certificate. (${code})`;
	}
	if (noTls.test(code)) {
		return `${host} does not speak HTTPS. Check whether the base URL starts with http:// instead. (${code})`;
	}
	if (tooLate.test(code)) return `${host} did not answer in time. Check the base URL. (${code})`;
	if (noRoute.test(code)) {
		return `${host} cannot be reached from n8n. Check the base URL, and the network of n8n. (${code})`;
	}
	return `The connection to ${host} broke off. Check the base URL, or try again later. (${code})`;
}
