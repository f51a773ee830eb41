import type { FastifyRequest } from 'fastify';
import type { Config } from '../config/config.mts';

/** What links in answers begin with: the configured address, or the one that the client used. */
export function baseUrlOf(config: Config, request: FastifyRequest): string {
	return config.publicUrl ?? `${request.protocol}://${request.host}`;
}
