import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

function listens(port: number, host: string): Promise<number | undefined> {
	return new Promise((resolve) => {
		const probe = createServer();
		probe.once('error', () => resolve(undefined));
		probe.listen({ port, host, exclusive: true }, () => {
			const address = probe.address();
			const bound = typeof address === 'object' && address ? address.port : undefined;
			probe.close(() => resolve(bound));
		});
	});
}

/**
 * Where servers get their ports: below those that systems take for outgoing connections (from 32768 on). One of these may
 * be gone when a server that was killed comes back.
 */
const lowest = 15_000;
const highest = 32_000;
const tries = 20;

async function anyPort(host: string): Promise<number | undefined> {
	for (let left = tries; left > 0; left--) {
		const port = await listens(randomInt(lowest, highest), host);
		if (port !== undefined) return port;
	}
	return await listens(0, host);
}

/**
 * A port that is free on loopback: the preferred one, or any other when it is taken. Somebody else
 * may still take it before it is used, so whoever starts a server retries with a new one.
 */
export async function freePort(preferred = 0, host = '127.0.0.1'): Promise<number> {
	const port = (preferred > 0 && (await listens(preferred, host))) || (await anyPort(host));
	if (!port) throw new Error(`No free port was found on ${host}.`);
	return port;
}
