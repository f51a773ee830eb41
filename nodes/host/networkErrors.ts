import type { NetworkError } from '../core/host';

/* No connection was made, but a retry may succeed. Other codes prove that only while connecting: the network can also
 * fail during an open connection that has carried the request. */
const unreachedCodes = new Set(['EAI_AGAIN', 'ECONNREFUSED', 'ENOTFOUND']);
const connectingCodes =
	/^(EADDRNOTAVAIL|ECONNRESET|EHOSTDOWN|EHOSTUNREACH|ENETDOWN|ENETUNREACH|ETIMEDOUT)$/;

/* No connection was made, and retrying will not help: certificates, addresses that n8n blocks, invalid URLs. */
const permanentCodes =
	/CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_INVALID_URL|ERR_BAD_OPTION|SSRF|Ssrf/;

/* TLS fails during the handshake, or during a response, when the request has already been read. Only OpenSSL's reason
 * distinguishes them, in the code or, with EPROTO, in the message. */
const tlsCodes = /^(EPROTO|ERR_SSL_)/;
const handshakeFailure =
	/handshake|wrong.version|unsupported.protocol|protocol.version|unknown.ca|unrecognized.name/i;

interface ErrorInfo {
	readonly code: string;
	/** The message of the error that has the code. */
	readonly message: string;
	readonly whileConnecting: boolean;
}

const maxCauseDepth = 5;

/** n8n wraps errors differently in each version: the code is somewhere in the chain of causes. */
function inspect(error: unknown): ErrorInfo {
	let code = '';
	let message = '';
	let whileConnecting = false;
	let cause: unknown = error;
	for (let depth = 0; depth < maxCauseDepth && cause instanceof Error; depth++) {
		const { code: ownCode, httpCode, syscall } = codesOf(cause);
		if (code === '') [code, message] = [ownCode ?? httpCode ?? '', cause.message];
		whileConnecting ||= syscall === 'connect' || syscall === 'getaddrinfo';
		if (code === '' && /blocked/i.test(cause.name)) code = cause.name;
		cause = cause.cause;
	}
	code ||= error instanceof Error ? error.name : 'UNKNOWN';
	return { code, message, whileConnecting };
}

function codesOf(error: Error): { code?: string; httpCode?: string; syscall?: string } {
	const text = (key: string) => {
		const value: unknown = Reflect.get(error, key);
		return typeof value === 'string' && value !== '' ? { [key]: value } : {};
	};
	return { ...text('code'), ...text('httpCode'), ...text('syscall') };
}

/** What an error of n8n's HTTP helper means: whether the request may have arrived, and whether to retry. */
export function toNetworkError(error: unknown): NetworkError {
	const { code, message, whileConnecting } = inspect(error);
	const noHandshake = tlsCodes.test(code) && handshakeFailure.test(`${code} ${message}`);
	if (noHandshake || permanentCodes.test(code)) {
		return { kind: 'networkError', reached: 'no', transient: false, code };
	}
	const isUnreached = unreachedCodes.has(code) || (whileConnecting && connectingCodes.test(code));
	return { kind: 'networkError', reached: isUnreached ? 'no' : 'maybe', transient: true, code };
}
