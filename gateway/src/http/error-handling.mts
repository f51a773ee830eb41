import type { FastifyError, FastifyInstance } from 'fastify';
import { HttpError } from './http-error.mts';

/** Every error becomes `{"message": …}`; what is not meant for clients is only logged. */
export function handleErrors(server: FastifyInstance): void {
	server.setErrorHandler<FastifyError | HttpError>(async (error, request, reply) => {
		if (error instanceof HttpError) {
			if (error.retryAfterMs !== undefined) {
				void reply.header('retry-after', Math.max(1, Math.ceil(error.retryAfterMs / 1000)));
			}
			return await reply.code(error.status).send({ message: error.message });
		}
		const status = error.statusCode ?? 500;
		if (status < 500) {
			return await reply.code(status).send({ message: `Invalid Payload: ${error.message}` });
		}
		request.log.error({ err: error }, 'request failed');
		return await reply.code(500).send({ message: 'Internal Server Error' });
	});
	server.setNotFoundHandler(async (_request, reply) => {
		return await reply.code(404).send({ message: 'Not found' });
	});
}
