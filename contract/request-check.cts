import { checkBody } from './body.cjs';
import { findOperation, type Operation, type Schema } from './document.cjs';
import { problemsOf } from './schema-validator.cjs';

/** A request as it was sent. */
export interface SentRequest {
	readonly method: string;
	/** Below the base URL, with the query, such as `/upload?filename=a.mp3`. */
	readonly path: string;
	/** Whether there was an Authorization header. */
	readonly authorization: boolean;
	readonly contentType: string | undefined;
	/** Undefined when it is not known, because the request broke off. */
	readonly body: Buffer | undefined;
}

/**
 * Compares a request with the contract, more strictly than the service would: a parameter that the contract does not
 * have is a violation, and so is a loosely typed value in JSON.
 * @returns one sentence for each violation
 */
export async function violationsOf(request: SentRequest): Promise<readonly string[]> {
	const { pathname, searchParams } = new URL(request.path, 'http://contract.invalid');
	const match = findOperation(request.method, pathname);
	if (match === undefined) return ['the contract has no such call'];
	const { operation, parameters } = match;
	const found = [
		...(operation.security?.length === 0 || request.authorization ? [] : ['has no key']),
		...parameterViolations(operation.parameterSchemas.path, parameters),
		...parameterViolations(operation.parameterSchemas.query, Object.fromEntries(searchParams)),
		...(await bodyViolations(operation, request)),
	];
	return found;
}

function parameterViolations(schema: Schema, given: Readonly<Record<string, string>>) {
	const { values, problems } = checkBody(schema, given, []);
	const undeclared = Object.keys(given).filter((name) => !Object.hasOwn(values, name));
	return [...problems, ...undeclared.map((name) => `${name} is not in the contract`)];
}

async function bodyViolations(
	{ requestBody }: Operation,
	{ contentType = '', body }: SentRequest,
): Promise<readonly string[]> {
	if (body === undefined) return [];
	if (requestBody?.content === undefined) return body.length > 0 ? ['takes no body'] : [];
	const mediaType = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
	const schema = requestBody.content[mediaType]?.schema;
	if (schema === undefined)
		return [`does not take ${mediaType || 'a body without a content type'}`];
	if (mediaType === 'multipart/form-data') return await formViolations(schema, contentType, body);
	try {
		const value: unknown = JSON.parse(body.toString());
		return [...problemsOf(schema, value), ...undeclaredIn(schema, value)];
	} catch {
		return ['is not JSON'];
	}
}

async function formViolations(schema: Schema, contentType: string, body: Buffer) {
	const headers = { 'content-type': contentType };
	// eslint-disable-next-line @typescript-eslint/no-deprecated -- meant for servers; what tests send is small and trusted
	const form = await new Response(new Uint8Array(body), { headers }).formData();
	const fields: Record<string, unknown> = {};
	const files = [];
	for (const [field, part] of form) {
		if (typeof part === 'string') fields[field] = part;
		else files.push({ field, name: part.name, size: part.size });
	}
	const { problems, unsupportedMedia } = checkBody(schema, fields, files);
	const sent = Object.fromEntries([...form.keys()].map((name) => [name, '']));
	const media = unsupportedMedia ? ['sends a file that the model does not read'] : [];
	return [...problems, ...media, ...undeclaredIn(schema, sent)];
}

/** Properties that no schema declares, nested ones included; an object without declared properties is free. */
function undeclaredIn(schema: Schema, value: unknown, parent = ''): readonly string[] {
	const { properties } = schema;
	if (properties === undefined || typeof value !== 'object' || value === null) return [];
	return Object.entries(value).flatMap(([name, inner]) => {
		const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
		if (property === undefined) return [`${parent}${name} is not in the contract`];
		return undeclaredIn(property, inner, `${parent}${name}.`);
	});
}
