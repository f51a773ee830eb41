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
 * A port that is free on loopback: the preferred one, or any other when it is taken. Somebody else
 * may still take it before it is used, so whoever starts a server retries with a new one.
 */
export async function freePort(preferred = 0, host = '127.0.0.1'): Promise<number> {
	const port = (preferred > 0 && (await listens(preferred, host))) || (await listens(0, host));
	if (!port) throw new Error(`No free port was found on ${host}.`);
	return port;
}
