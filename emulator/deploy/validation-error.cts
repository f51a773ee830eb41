import type { FastifyError, FastifyInstance } from 'fastify';

/** One thing wrong with a request, in the words of FastAPI. */
interface Problem {
	/** Where it is: `body` or `query`, then the path. */
	readonly loc: ReadonlyArray<string | number>;
	readonly msg: string;
	readonly type: string;
}

/** The 422 of the deploy service. Its texts make it a FastAPI service, whose stock answer this is. */
export class ValidationError extends Error {
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
export function answerValidationErrors(app: FastifyInstance): void {
	app.setErrorHandler<FastifyError | ValidationError>((error, _request, reply) => {
		const detail = error instanceof ValidationError ? error.detail : problemsOf(error);
		// Anything else is for the application's own handler.
		if (detail.length === 0) throw error;
		return reply.code(422).send({ detail });
	});
}

function problemsOf({ code, validation = [] }: FastifyError): readonly Problem[] {
	const problem = unreadable[code];
	if (problem !== undefined) return [{ loc: ['body'], ...problem }];
	return (
		validation
			// It only sums up the errors of its branches.
			.filter(({ keyword }) => keyword !== 'anyOf')
			.map((found) => {
				const path = found.instancePath.split('/').slice(1);
				const lacks = found.params['missingProperty'];
				return {
					loc: ['body', ...path, ...(typeof lacks === 'string' ? [lacks] : [])],
					...describe(found),
				};
			})
	);
}

type Violation = NonNullable<FastifyError['validation']>[number];

function describe({ keyword, params, message = '', instancePath }: Violation) {
	switch (keyword) {
		case 'required':
			return missing;
		case 'type': {
			if (instancePath === '') return noObject;
			// With null, for what may be left out.
			const type = [params['type']]
				.flat()
				.filter((name) => name !== 'null')
				.join(' or ');
			return { msg: `value is not a valid ${type}`, type: `type_error.${type}` };
		}
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
