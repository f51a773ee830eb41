import { Agent, request, type Dispatcher } from 'undici';
import { resolveAllowed } from './address-policy.mts';

export interface PinnedRequest {
	readonly method: 'GET' | 'POST' | 'HEAD';
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string;
	readonly signal: AbortSignal;
	/** Up to the first byte of the answer, and between two chunks. */
	readonly timeoutMs: number;
	readonly allowPrivateAddresses: boolean;
}

/**
 * One request to an address that clients name, made to exactly the address that was checked.
 * Redirects are not followed. The caller reads or destroys the body.
 * @throws AddressRefusedError
 */
export async function requestPinned(
	url: URL,
	options: PinnedRequest,
): Promise<Dispatcher.ResponseData> {
	const { address, family } = await resolveAllowed(url, options.allowPrivateAddresses);
	const agent = new Agent({
		connect: {
			timeout: options.timeoutMs,
			lookup: (_host, { all }, callback) => {
				if (all) callback(null, [{ address, family }]);
				else callback(null, address, family);
			},
		},
		headersTimeout: options.timeoutMs,
		bodyTimeout: options.timeoutMs,
		pipelining: 0,
	});
	try {
		const response = await request(url, {
			method: options.method,
			headers: { ...options.headers },
			...(options.body === undefined ? {} : { body: options.body }),
			signal: options.signal,
			dispatcher: agent,
		});
		// Callers that destroy the body do not want to hear of it; those that read it listen themselves.
		response.body.on('error', () => {});
		response.body.once('close', () => void agent.destroy());
		return response;
	} catch (error) {
		void agent.destroy();
		throw error;
	}
}
