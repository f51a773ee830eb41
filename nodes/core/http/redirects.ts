import type { Host, HttpRequest, HttpResult } from '../host';
import { MonsterApiError } from './errors';

const maxRedirects = 5;

const redirectStatuses: readonly number[] = [301, 302, 303, 307, 308];

/**
 * Sends a request. Redirects of a download are followed here, not by the platform, so that each address is checked before
 * anything is sent to it; anything else is never redirected. All hops share the timeout.
 * @param requireAllowed throws when an address must not be called
 * @throws MonsterApiError also after too many redirects
 */
export async function sendFollowing(
	host: Host,
	first: HttpRequest,
	requireAllowed: (url: string) => void,
): Promise<HttpResult> {
	const endsAt = host.now() + first.timeoutMs;
	let request = first;
	for (let redirects = 0; redirects <= maxRedirects; redirects++) {
		const result = await host.request(request);
		if (result.kind !== 'stream' || !redirectStatuses.includes(result.status)) return result;
		const { location } = result.headers;
		if (location === undefined || !URL.canParse(location, request.url)) return result;
		result.stream.destroy();
		const url = new URL(location, request.url).href;
		requireAllowed(url);
		request = { ...first, url, timeoutMs: Math.max(endsAt - host.now(), 1) };
	}
	throw new MonsterApiError('The result file was redirected too often', {
		advice: `More than ${maxRedirects} redirects followed each other. Try again later.`,
		retryable: true,
	});
}
