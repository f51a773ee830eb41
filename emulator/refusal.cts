import type { FastifyError, FastifyInstance } from 'fastify';

/** An answer other than 200, in the API's shape: `{"message": "…"}`. */
export class Refusal extends Error {
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
	app.setErrorHandler<FastifyError | Refusal>((error, _request, reply) => {
		const code = 'code' in error ? error.code : '';
		return reply
			.code(error.statusCode ?? 500)
			.send({ message: frameworkMessages[code] ?? error.message });
	});
	app.setNotFoundHandler((request, reply) =>
		reply.code(404).send({ message: `Not Found: the emulator has no ${request.method} here` }),
	);
}
