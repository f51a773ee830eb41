import type { Endpoint } from './endpoint';
import { MonsterApiError } from './errors';
import { serviceOf } from './service';

/*
 * Result files, upload links and deployments are at addresses that the API's answers name, and a forged answer may name one
 * that only n8n can reach: a service of its own network, or the metadata service of a cloud. Names are judged as they are
 * written, since a verified node may not resolve them: a public name that leads to a private address is not recognized, only
 * n8n's own protection does that (N8N_SSRF_PROTECTION_ENABLED, docs/security.md).
 */

/**
 * Checks an address from an answer, before anything is sent to it.
 * @param endpoint what is expected there
 * @param url as the answer has it, or as a redirect names it
 * @param baseUrl of the credential: if it is private itself, private targets are allowed
 * @throws MonsterApiError
 */
export function requireAllowedAddress(endpoint: Endpoint, url: string, baseUrl: string): void {
	const { inText } = serviceOf(endpoint);
	const target = URL.canParse(url) ? new URL(url) : undefined;
	if (target === undefined || !/^https?:$/.test(target.protocol)) {
		throw refused(`The address of ${inText} is not a web address`);
	}
	if (isPrivateUrl(url) && !isPrivateUrl(baseUrl)) {
		throw refused(`The address of ${inText} is in a private network`);
	}
	if (endpoint !== 'deployedModel') return;
	// What follows a ? or # would not reach the server as a path, and a user name would replace the token.
	if (/[?#]/.test(url) || target.username !== '' || target.password !== '') {
		throw refused(`The address of ${inText} is more than a host and a path`);
	}
	if (target.protocol === 'http:' && /^https:/i.test(baseUrl)) {
		throw refused(`The address of ${inText} is not encrypted`);
	}
}

const refused = (message: string): MonsterApiError =>
	new MonsterApiError(message, {
		advice:
			'Nothing was sent there: the answer that names it may be forged. If you run MonsterAPI yourself, enter its own address, in the same network, as the base URL of the credential.',
		retryable: false,
	});

/** Whether a URL can be reached only from this machine or its own network; false for anything that could be public. */
export function isPrivateUrl(url: string): boolean {
	if (!URL.canParse(url)) return false;
	// Parsed: IPv4 in decimal, octal, hexadecimal or shortened form has become four decimal numbers.
	const { hostname } = new URL(url);
	if (hostname.startsWith('[')) return isPrivateV6(groupsOf(hostname.slice(1, -1)));
	const bytes = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(hostname)?.slice(1).map(Number);
	return bytes === undefined ? isPrivateName(hostname) : isPrivateV4(bytes);
}

/** Names of a network's own, and names without a domain. */
function isPrivateName(hostname: string): boolean {
	const name = hostname.replace(/\.$/, '');
	return (
		!name.includes('.') ||
		/\.(localhost|localdomain|local|internal|intranet|lan|home|corp|private|home\.arpa)$/.test(name)
	);
}

/** Addresses that IANA's registry of special-purpose addresses calls not globally reachable, and multicast. */
function isPrivateV4([a = 0, b = 0, c = 0]: readonly number[]): boolean {
	return (
		[0, 10, 127].includes(a) ||
		(a === 100 && b >= 64 && b <= 127) ||
		(a === 169 && b === 254) ||
		(a === 172 && b >= 16 && b <= 31) ||
		(a === 192 && b === 168) ||
		(a === 192 && b === 0 && c === 0) ||
		(a === 198 && (b === 18 || b === 19)) ||
		a >= 224
	);
}

function isPrivateV6(groups: readonly number[]): boolean {
	const [first = 0, second = 0] = groups;
	const isZero = (from: number, to: number) => groups.slice(from, to).every((group) => group === 0);
	const carried = v4Within(groups);
	return (
		(carried !== undefined && isPrivateV4(carried)) ||
		// Loopback and unspecified are among those that carry 0.0.0.0/8.
		(first & 0xfe00) === 0xfc00 ||
		// Link-local and, deprecated, site-local.
		(first & 0xff80) === 0xfe80 ||
		(first & 0xff00) === 0xff00 ||
		// For a network's own translation, discarded, and tunnelled by Teredo.
		(first === 0x64 && second === 0xff9b && groups[2] === 1) ||
		(first === 0x100 && isZero(1, 4)) ||
		(first === 0x2001 && second === 0)
	);
}

/** The IPv4 address that an IPv6 address carries: mapped, translated (NAT64) or tunnelled (6to4). */
function v4Within(groups: readonly number[]): readonly number[] | undefined {
	const isZero = (from: number, to: number) => groups.slice(from, to).every((group) => group === 0);
	const bytes = (at: number) =>
		groups.slice(at, at + 2).flatMap((group) => [group >> 8, group & 0xff]);
	if (groups[0] === 0x2002) return bytes(1);
	const isMapped =
		(isZero(0, 4) &&
			[0, 0xffff].includes(groups[4] ?? 0) &&
			[0, 0xffff].includes(groups[5] ?? 0)) ||
		(groups[0] === 0x64 && groups[1] === 0xff9b && isZero(2, 6));
	return isMapped ? bytes(6) : undefined;
}

/** The eight groups of an IPv6 address as a parsed URL writes it. */
function groupsOf(address: string): number[] {
	const [left = [], right] = address
		.split('::')
		.map((part) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))));
	if (right === undefined) return left;
	return [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right];
}
