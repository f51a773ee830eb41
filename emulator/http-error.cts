import type { FastifyError, FastifyInstance } from 'fastify';

import { describeAll } from '../contract/schema-validator.cjs';

/** An answer other than 200, in the API's shape: `{"message": "…"}`. */
export class HttpError extends Error {
	constructor(
		readonly statusCode: number,
		message: string,
	) {
		super(message);
	}
}

/** The API's own words for what the HTTP framework finds wrong with a body before a route sees it. */
const frameworkMessages: Readonly<Record<string, string>> = {
	FST_ERR_CTP_EMPTY_JSON_BODY: 'Payload missing',
	FST_ERR_CTP_INVALID_JSON_BODY: 'Invalid Payload: the body is not JSON',
	FST_ERR_CTP_INVALID_MEDIA_TYPE: 'Unsupported Media',
};

/** Gives every error and every unknown address the API's shape. */
export function answerErrors(app: FastifyInstance): void {
	app.setErrorHandler<FastifyError | HttpError>((error, _request, reply) => {
		return reply.code(error.statusCode ?? 500).send({ message: messageOf(error) });
	});
	app.setNotFoundHandler((request, reply) =>
		reply.code(404).send({ message: `Not Found: the emulator has no ${request.method} here` }),
	);
}

function messageOf(error: FastifyError | HttpError): string {
	if (error instanceof HttpError) return error.message;
	if (error.validation === undefined) return frameworkMessages[error.code] ?? error.message;
	return `Invalid Payload: ${describeAll(error.validation).join('; ')}`;
}
