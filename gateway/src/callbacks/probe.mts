import { requestPinned } from '../files/pinned-request.mts';

const timeoutMs = 10_000;

/**
 * Tries a URL before it is registered. Any answer but a server error will do: receivers may answer
 * a request without a job with 400 or 405.
 * @throws AddressRefusedError
 */
export async function isReachable(url: URL, allowPrivateAddresses: boolean): Promise<boolean> {
	const signal = AbortSignal.timeout(timeoutMs);
	const { statusCode, body } = await requestPinned(url, {
		method: 'GET',
		headers: { 'user-agent': 'monsterapi-gateway' },
		signal,
		timeoutMs,
		allowPrivateAddresses,
	});
	body.destroy();
	return statusCode < 500;
}
