import type { Fault } from '../core/host';

/* The connection was never made, and may be in a moment. Other codes say so only while connecting: the network can
 * also go away under a connection that has carried the request. */
const unreachedCodes = new Set(['EAI_AGAIN', 'ECONNREFUSED', 'ENOTFOUND']);
const connectingCodes =
	/^(EADDRNOTAVAIL|ECONNRESET|EHOSTDOWN|EHOSTUNREACH|ENETDOWN|ENETUNREACH|ETIMEDOUT)$/;

/* The connection was never made and will not be: certificates, addresses that n8n blocks, URLs that are none. */
const hopeless =
	/CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|EPROTO|ERR_INVALID_URL|ERR_BAD_OPTION|SSRF|Ssrf/;

interface Clues {
	readonly code: string;
	readonly whileConnecting: boolean;
}

const deepestCause = 5;

/** n8n wraps what went wrong, each version its own way: the code is wherever the chain of causes has one. */
function cluesIn(error: unknown): Clues {
	let code = '';
	let whileConnecting = false;
	let link: unknown = error;
	for (let depth = 0; depth < deepestCause && link instanceof Error; depth++) {
		const { code: own, httpCode, syscall } = codesOf(link);
		code ||= own ?? httpCode ?? '';
		whileConnecting ||= syscall === 'connect' || syscall === 'getaddrinfo';
		if (code === '' && /blocked/i.test(link.name)) code = link.name;
		link = link.cause;
	}
	return { code: code || (error instanceof Error ? error.name : 'UNKNOWN'), whileConnecting };
}

function codesOf(error: Error): { code?: string; httpCode?: string; syscall?: string } {
	const text = (key: string) => {
		const value: unknown = Reflect.get(error, key);
		return typeof value === 'string' && value !== '' ? { [key]: value } : {};
	};
	return { ...text('code'), ...text('httpCode'), ...text('syscall') };
}

/** What an exception of n8n's HTTP helper says about the request: whether it got there, and whether to try again. */
export function readFault(error: unknown): Fault {
	const { code, whileConnecting } = cluesIn(error);
	if (hopeless.test(code)) return { kind: 'fault', reached: 'no', transient: false, code };
	const unreached = unreachedCodes.has(code) || (whileConnecting && connectingCodes.test(code));
	return { kind: 'fault', reached: unreached ? 'no' : 'maybe', transient: true, code };
}
