import type { FastifyInstance } from 'fastify';
import { ConfigError } from '../config/config.mts';

/**
 * Listens; port 0 takes a free one.
 * @returns the address, such as http://127.0.0.1:4020
 * @throws ConfigError when another program, or the system, does not let it
 */
export async function listen(
	server: Pick<FastifyInstance, 'listen'>,
	{ host, port }: { readonly host: string; readonly port: number },
): Promise<string> {
	try {
		return await server.listen({ host, port });
	} catch (error) {
		const code = error instanceof Error && 'code' in error ? error.code : undefined;
		const problem = explain(code, host, port);
		throw problem === undefined ? error : new ConfigError(problem);
	}
}

function explain(code: unknown, host: string, port: number): string | undefined {
	switch (code) {
		case 'EADDRINUSE': {
			const other = port < 65_535 ? port + 1 : port - 1;
			return `Port ${port} is in use, perhaps by another gateway or npm run demo. End it, or choose another: --port ${other}.`;
		}
		case 'EACCES':
			return `The system does not let this account listen on port ${port}. Choose another: --port 4020.`;
		case 'EADDRNOTAVAIL':
		case 'ENOTFOUND':
			return `This machine has no address '${host}' to listen on. Choose another: --host 127.0.0.1, or 0.0.0.0 for all of its addresses.`;
		default:
			return undefined;
	}
}
