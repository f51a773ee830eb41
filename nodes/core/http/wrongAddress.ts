import { parseJson } from '../json';

/** Whether a body cannot have come from the API, not even as JSON that broke off. An empty one proves nothing. */
export function isForeign(text: string): boolean {
	const start = text.trimStart().charAt(0);
	return start !== '' && start !== '{' && start !== '[' && parseJson(text) === undefined;
}

/** Whether a base URL lacks the version at its end, as most that are wrong do. */
export const lacksVersion = (baseUrl: string): boolean => !/\/v\d+$/.test(baseUrl);

/** Web servers say that they have no such page, or name the method; the API says what it does not know. */
const routerReason =
	/^(?:404:? )?(?:page |resource )?not found[.!]?$|\b(?:GET|POST|PUT|DELETE)\b|\bno route\b|missing authentication token/i;

/**
 * Whether an unsuccessful answer shows that the base URL does not lead to the API: `wrong` for sure, `doubtful` when the
 * API may have answered nevertheless.
 * @param reason what the answer states, if anything
 */
export function judgeAddress(
	status: number,
	text: string,
	reason: string | undefined,
	baseUrl: string,
): 'wrong' | 'doubtful' | undefined {
	const foreign = isForeign(text);
	if (foreign && [404, 405, 501].includes(status)) return 'wrong';
	if (status === 404 && (reason === undefined || routerReason.test(reason))) {
		return lacksVersion(baseUrl) ? 'wrong' : 'doubtful';
	}
	// Gateways answer with pages of their own when they are overloaded.
	const isClientError = status >= 400 && status <= 499 && status !== 408 && status !== 429;
	return foreign && isClientError ? 'doubtful' : undefined;
}

/** What to check, as one or two sentences. */
export const addressAdvice = (baseUrl: string): string =>
	lacksVersion(baseUrl)
		? 'The base URL of the MonsterAPI credential does not end with /v1: check the base URL. That of the hosted service is https://api.monsterapi.ai/v1.'
		: 'Check the base URL of the MonsterAPI credential. That of the hosted service is https://api.monsterapi.ai/v1.';
