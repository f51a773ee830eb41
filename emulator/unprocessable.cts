import type { FastifyError, FastifyInstance } from 'fastify';

/** One thing wrong with a request, in the words of FastAPI. */
interface Problem {
	/** Where it is: `body` or `query`, then the path. */
	readonly loc: ReadonlyArray<string | number>;
	readonly msg: string;
	readonly type: string;
}

/** The 422 of the deploy service. Its texts make it a FastAPI service, whose stock answer this is. */
export class Unprocessable extends Error {
	readonly statusCode = 422;

	constructor(readonly detail: readonly Problem[]) {
		super('Validation Error');
	}
}

const missing: Omit<Problem, 'loc'> = { msg: 'field required', type: 'value_error.missing' };

const noObject: Omit<Problem, 'loc'> = {
	msg: 'value is not a valid dict',
	type: 'type_error.dict',
};

/** What is wrong with a body that the HTTP framework could not read. */
const unreadable: Readonly<Record<string, Omit<Problem, 'loc'>>> = {
	FST_ERR_CTP_EMPTY_JSON_BODY: missing,
	FST_ERR_CTP_INVALID_JSON_BODY: { msg: 'the body is not JSON', type: 'value_error.jsondecode' },
	FST_ERR_CTP_INVALID_MEDIA_TYPE: noObject,
};

/** Makes a section answer requests that its schemas refuse with 422. */
export function answerUnprocessable(app: FastifyInstance): void {
	app.setErrorHandler<FastifyError | Unprocessable>((error, _request, reply) => {
		const detail = error instanceof Unprocessable ? error.detail : problemsOf(error);
		// Anything else is for the application's own handler.
		if (detail.length === 0) throw error;
		return reply.code(422).send({ detail });
	});
}

function problemsOf({ code, validation = [] }: FastifyError): readonly Problem[] {
	const problem = unreadable[code];
	if (problem !== undefined) return [{ loc: ['body'], ...problem }];
	return validation
		.filter(({ keyword }) => keyword !== 'anyOf')
		.map((found) => {
			const path = found.instancePath.split('/').slice(1);
			const lacks = found.params['missingProperty'];
			return {
				loc: ['body', ...path, ...(typeof lacks === 'string' ? [lacks] : [])],
				...describe(found),
			};
		});
}

type Violation = NonNullable<FastifyError['validation']>[number];

function describe({ keyword, params, message = '', instancePath }: Violation) {
	switch (keyword) {
		case 'required':
			return missing;
		case 'type':
			if (instancePath === '') return noObject;
			return {
				msg: `value is not a valid ${String(params['type'])}`,
				type: `type_error.${String(params['type'])}`,
			};
		case 'enum':
			return {
				msg: `value is not a valid enumeration member; permitted: ${String(params['allowedValues'])}`,
				type: 'type_error.enum',
			};
		case 'pattern':
			return {
				msg: 'Prompt template should contain at least two pairs of {key}',
				type: 'value_error',
			};
		default:
			return { msg: message, type: 'value_error' };
	}
}
