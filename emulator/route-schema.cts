import { operationById } from '../contract/document.cjs';
import { compile } from '../contract/schema-validator.cjs';

/** Route options that make Fastify validate query and JSON body by an operation of the contract. */
export function validatedBy(operationId: string) {
	const { parameterSchemas, requestBody } = operationById(operationId);
	const body = requestBody?.content?.['application/json']?.schema;
	return {
		schema: { querystring: parameterSchemas.query, ...(body && { body }) },
		validatorCompiler: ({ schema }: { schema: object }) => compile(schema),
	};
}
