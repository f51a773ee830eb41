import type { NetworkError } from '../core/host';

/* The connection was never made, and may be in a moment. Other codes say so only while connecting: the network can
 * also go away under a connection that has carried the request. */
const unreachedCodes = new Set(['EAI_AGAIN', 'ECONNREFUSED', 'ENOTFOUND']);
const connectingCodes =
	/^(EADDRNOTAVAIL|ECONNRESET|EHOSTDOWN|EHOSTUNREACH|ENETDOWN|ENETUNREACH|ETIMEDOUT)$/;

/* The connection was never made and will not be: certificates, addresses that n8n blocks, URLs that are none. */
const hopeless = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_INVALID_URL|ERR_BAD_OPTION|SSRF|Ssrf/;

/* TLS fails in the handshake, or in the midst of an answer: by then the request has been read. Only OpenSSL's reason
 * tells, in the code or, with EPROTO, in the message. */
const faultOfTls = /^(EPROTO|ERR_SSL_)/;
const failedHandshake =
	/handshake|wrong.version|unsupported.protocol|protocol.version|unknown.ca|unrecognized.name/i;

interface Clues {
	readonly code: string;
	/** The message that came with the code. */
	readonly message: string;
	readonly whileConnecting: boolean;
}

const deepestCause = 5;

/** n8n wraps what went wrong, each version its own way: the code is wherever the chain of causes has one. */
function cluesIn(error: unknown): Clues {
	let code = '';
	let message = '';
	let whileConnecting = false;
	let link: unknown = error;
	for (let depth = 0; depth < deepestCause && link instanceof Error; depth++) {
		const { code: own, httpCode, syscall } = codesOf(link);
		if (code === '') [code, message] = [own ?? httpCode ?? '', link.message];
		whileConnecting ||= syscall === 'connect' || syscall === 'getaddrinfo';
		if (code === '' && /blocked/i.test(link.name)) code = link.name;
		link = link.cause;
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

/** What an exception of n8n's HTTP helper says about the request: whether it got there, and whether to try again. */
export function toNetworkError(error: unknown): NetworkError {
	const { code, message, whileConnecting } = cluesIn(error);
	const unshaken = faultOfTls.test(code) && failedHandshake.test(`${code} ${message}`);
	if (unshaken || hopeless.test(code)) {
		return { kind: 'networkError', reached: 'no', transient: false, code };
	}
	const unreached = unreachedCodes.has(code) || (whileConnecting && connectingCodes.test(code));
	return { kind: 'networkError', reached: unreached ? 'no' : 'maybe', transient: true, code };
}
