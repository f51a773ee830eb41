import { lookup } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';

/** An address that may not be contacted. */
export class AddressRefusedError extends Error {
	override readonly name = 'AddressRefusedError';
}

/** Metadata services of clouds outside the link-local ranges. */
const metadataAddresses = new Set([
	'fd00:ec2::254',
	'100.100.100.200',
	'168.63.129.16',
	'192.0.0.192',
]);
/** Networks of one's own. What is neither public nor one of these is never contacted. */
const privateRanges = new Set(['private', 'loopback', 'uniqueLocal', 'carrierGradeNat']);

export interface ResolvedAddress {
	readonly address: string;
	readonly family: 4 | 6;
}

/**
 * Resolves the host of a URL and returns its address, for the connection to be made to exactly that
 * one: a second look-up could answer differently.
 * @throws AddressRefusedError when any address of the host is not allowed
 */
export async function resolveAllowed(url: URL, allowPrivate: boolean): Promise<ResolvedAddress> {
	if (url.protocol !== 'http:' && url.protocol !== 'https:') {
		throw new AddressRefusedError(`${url.protocol} URLs are not supported, only http and https`);
	}
	if (url.username !== '' || url.password !== '') {
		throw new AddressRefusedError('URLs with a user name or password are not supported');
	}
	const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
	const found = ipaddr.isValid(host)
		? [{ address: host, family: ipaddr.parse(host).kind() === 'ipv4' ? 4 : 6 }]
		: await lookup(host, { all: true }).catch((error: unknown) => {
				throw new Error(`The host ${host} cannot be resolved`, { cause: error });
			});
	for (const { address } of found) assertAllowed(address, host, allowPrivate);
	const [first] = found;
	if (first === undefined) throw new Error(`The host ${host} has no address`);
	return { address: first.address, family: first.family === 6 ? 6 : 4 };
}

function assertAllowed(text: string, host: string, allowPrivate: boolean): void {
	const address = innermost(ipaddr.parse(text));
	const range = address.range();
	const known = range === 'unicast' || privateRanges.has(range);
	if (!known || metadataAddresses.has(address.toString())) {
		throw new AddressRefusedError(`${host} is at ${text}, an address that is never contacted`);
	}
	if (range !== 'unicast' && !allowPrivate) {
		throw new AddressRefusedError(
			`${host} is at the private address ${text}; allowPrivateAddresses in the configuration would allow it`,
		);
	}
}

/** The IPv4 address inside an IPv6 one: mapped, NAT64, 6to4. */
function innermost(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
	if (!(address instanceof ipaddr.IPv6)) return address;
	if (address.isIPv4MappedAddress()) return address.toIPv4Address();
	const bytes = address.toByteArray();
	const range = address.range();
	if (range === 'rfc6052') return new ipaddr.IPv4(bytes.slice(12));
	if (range === '6to4') return new ipaddr.IPv4(bytes.slice(2, 6));
	// ::a.b.c.d, the obsolete compatible form; :: and ::1 are addresses of their own.
	const compatible =
		bytes.slice(0, 12).every((byte) => byte === 0) &&
		bytes.slice(12, 15).some((byte) => byte !== 0);
	return compatible ? new ipaddr.IPv4(bytes.slice(12)) : address;
}
