import { document, findOperation, operations, type Schema } from '../../../contract/document.cjs';
import { compile, problemsOf } from '../../../contract/schema-validator.cjs';

/** Every schema of the document, nested ones included, with the path to it. */
function schemasIn(schema: Schema, place: string): ReadonlyArray<readonly [string, Schema]> {
	const inner = Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
		typeof property === 'object' ? schemasIn(property, `${place}.${name}`) : [],
	);
	return [[place, schema], ...inner];
}

const components = Object.entries(document.components.schemas).flatMap(([name, schema]) =>
	schemasIn(schema, name),
);

const bodies = operations.flatMap(({ operationId, requestBody, responses }) =>
	[['request', requestBody] as const, ...Object.entries(responses)].flatMap(([kind, body]) =>
		Object.entries(body?.content ?? {}).map(
			([type, media]) => [`${operationId} ${kind} ${type}`, media] as const,
		),
	),
);

test('there is much to check', () => {
	expect(operations.length).toBeGreaterThan(35);
	expect(components.length).toBeGreaterThan(200);
	expect(bodies.length).toBeGreaterThan(200);
});

test.each(components)('%s compiles in strict mode, and its values fit it', (_place, schema) => {
	expect(() => compile(schema)).not.toThrow();
	const values = [...(schema.examples ?? []), ...('default' in schema ? [schema.default] : [])];
	expect(values.flatMap((value) => problemsOf(schema, value))).toEqual([]);
});

test('the examples of requests and answers fit their schemas', () => {
	let count = 0;
	for (const [place, { schema, examples = {} }] of bodies) {
		for (const [name, { value }] of Object.entries(examples)) {
			count += 1;
			expect([place, name, problemsOf(schema, value)]).toEqual([place, name, []]);
		}
	}
	expect(count).toBeGreaterThan(100);
});

const statuses = new Set(['documented', 'reported', 'inferred', 'unknown']);
const keywords =
	/^(type|enum|minimum|maximum|items|examples|additionalProperties|x-file|summary|method)$/;

test('x-status has the values that the README explains', () => {
	const found: unknown[] = [];
	JSON.stringify(document, (key, value: unknown) => {
		if (key === 'x-status') found.push(value);
		return value;
	});
	expect(found.length).toBeGreaterThan(100);
	for (const value of found) {
		const entries = typeof value === 'string' ? [['type', value]] : Object.entries(value ?? {});
		expect(entries).not.toEqual([]);
		for (const [keyword, status] of entries) {
			expect([keyword, statuses.has(String(status))]).toEqual([
				expect.stringMatching(keywords),
				true,
			]);
		}
	}
});

test('every operation has a name of its own', () => {
	const names = operations.map(({ operationId }) => operationId);
	expect(new Set(names).size).toBe(names.length);
});

test.each([
	['POST', '/generate/whisper', 'generateWhisper', {}],
	['POST', '/generate/another', 'generate', { model: 'another' }],
	['POST', '/generate', 'askDeployedModel', {}],
	['GET', '/status/a%2Fb', 'getStatus', { process_id: 'a/b' }],
	['DELETE', '/webhook', 'deleteWebhook', {}],
])('%s %s is %s', (method, path, operationId, parameters) => {
	expect(findOperation(method, path)).toMatchObject({ operation: { operationId }, parameters });
});

test.each([
	['GET', '/generate/whisper'],
	['GET', '/status/a/b'],
	['GET', '/nothing'],
])('%s %s is no call', (method, path) => {
	expect(findOperation(method, path)).toBeUndefined();
});
