import { existsSync, readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { parse } from 'yaml';

/** The rules of a model's request body. */
export interface BodyRules {
	/** The input that is a file, if there is one. */
	readonly file: FileRules | undefined;
	readonly required: readonly string[];
	/** JSON Schema type of each input that the contract knows. */
	readonly types: Readonly<Record<string, string | undefined>>;
	/** The first problem, as `input: what is wrong`; undefined when there is none. */
	problem(body: Readonly<Record<string, unknown>>): string | undefined;
}

export interface FileRules {
	readonly name: string;
	/** In lower case, without dots. */
	readonly extensions: readonly string[];
	readonly maxBytes: number;
}

type Json = Readonly<Record<string, unknown>>;

const base = 'openapi.yaml';

/** MonsterAPI's HTTP contract: what requests and answers are checked by. */
export class Contract {
	readonly #file: URL;
	readonly #bodyRules = new Map<string, BodyRules>();
	readonly #answers = new Map<string, ValidateFunction | undefined>();
	#parsed: { readonly document: Json; readonly ajv: Ajv2020 } | undefined;

	/** Takes the build's copy of the file, or the one at the root of the repository. */
	constructor() {
		const candidates = ['../openapi.yaml', '../../../contract/openapi.yaml'];
		const found = candidates
			.map((path) => new URL(path, import.meta.url))
			.find((url) => existsSync(url));
		if (found === undefined) throw new Error('contract/openapi.yaml is missing');
		this.#file = found;
	}

	/** The file is parsed for the first job: at a start it would take a tenth of the time. */
	#load(): { readonly document: Json; readonly ajv: Ajv2020 } {
		if (this.#parsed === undefined) {
			const document = asObject(parse(readFileSync(this.#file, 'utf8')));
			const ajv = new Ajv2020({ strict: false, validateSchema: false });
			formats.default(ajv, ['uri', 'int64', 'float']);
			ajv.addSchema(document, base);
			this.#parsed = { document, ajv };
		}
		return this.#parsed;
	}

	/** For a model that MonsterAPI does not have, the rules of `likeModel` apply. */
	bodyRules(model: string, likeModel: string): BodyRules {
		const path = this.#has(`/generate/${model}`) ? model : likeModel;
		let rules = this.#bodyRules.get(path);
		if (rules === undefined) {
			rules = this.#readBodyRules(path);
			this.#bodyRules.set(path, rules);
		}
		return rules;
	}

	/** What is wrong with an answer; undefined when it fits or the contract does not describe it. */
	answerProblem(method: string, path: string, status: number, body: unknown): string | undefined {
		const id = `${method} ${path} ${status}`;
		if (!this.#answers.has(id)) this.#answers.set(id, this.#answerCheck(method, path, status));
		const check = this.#answers.get(id);
		if (check === undefined || check(body)) return undefined;
		return `${id}: ${this.#load().ajv.errorsText(check.errors)}`;
	}

	#has(path: string): boolean {
		return Object.hasOwn(asObject(this.#load().document['paths']), path);
	}

	#readBodyRules(model: string): BodyRules {
		const pointer = ['paths', `/generate/${model}`, 'post', 'requestBody'];
		const body = this.#follow(pointer);
		const schemaPointer = [...body.pointer, 'content', 'application/json', 'schema'];
		const check = this.#load().ajv.compile({ $ref: reference(schemaPointer) });
		const schema = this.#follow(schemaPointer);
		const properties = asObject(schema.value['properties'] ?? {});
		const types: Record<string, string | undefined> = {};
		let file: FileRules | undefined;
		for (const name of Object.keys(properties)) {
			const property = this.#follow([...schema.pointer, 'properties', name]).value;
			types[name] = typeof property['type'] === 'string' ? property['type'] : undefined;
			if (property['x-file'] !== undefined) file = fileRules(name, asObject(property['x-file']));
		}
		const required = schema.value['required'];
		return {
			file,
			types,
			required: Array.isArray(required) ? required.map(String) : [],
			problem: (value) => (check(value) ? undefined : describe(check)),
		};
	}

	#answerCheck(method: string, path: string, status: number): ValidateFunction | undefined {
		const pointer = ['paths', path, method.toLowerCase(), 'responses'];
		const responses = this.#lookUp(pointer);
		if (responses === undefined) return undefined;
		const key = [String(status), 'default'].find((name) =>
			Object.hasOwn(asObject(responses), name),
		);
		if (key === undefined) return undefined;
		const response = this.#follow([...pointer, key]);
		const schema = [...response.pointer, 'content', 'application/json', 'schema'];
		if (this.#lookUp(schema) === undefined) return undefined;
		return this.#load().ajv.compile({ $ref: reference(schema) });
	}

	/** Follows `$ref`s until there is none. */
	#follow(pointer: readonly string[]): { pointer: readonly string[]; value: Json } {
		const value = asObject(this.#lookUp(pointer));
		const ref = value['$ref'];
		if (typeof ref !== 'string') return { pointer, value };
		return this.#follow(ref.replace(/^#\//, '').split('/').map(unescape));
	}

	#lookUp(pointer: readonly string[]): unknown {
		let value: unknown = this.#load().document;
		for (const part of pointer) {
			if (typeof value !== 'object' || value === null) return undefined;
			value = Object.hasOwn(value, part) ? asObject(value)[part] : undefined;
		}
		return value;
	}
}

function fileRules(name: string, rules: Json): FileRules {
	const { extensions, maxBytes } = rules;
	return {
		name,
		extensions: Array.isArray(extensions) ? extensions.map(String) : [],
		maxBytes: typeof maxBytes === 'number' ? maxBytes : 8 * 1024 * 1024,
	};
}

function describe(check: ValidateFunction): string {
	const error = check.errors?.[0];
	if (error === undefined) return 'not valid';
	if (error.keyword === 'required')
		return `'${String(error.params['missingProperty'])}' is missing`;
	const name = error.instancePath.slice(1);
	const allowed: unknown = error.params['allowedValues'];
	const list = Array.isArray(allowed) ? `: ${allowed.slice(0, 25).join(', ')}` : '';
	return `'${name}' ${error.message ?? 'is not valid'}${list}`;
}

function reference(pointer: readonly string[]): string {
	const escaped = pointer.map((part) =>
		encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')),
	);
	return `${base}#/${escaped.join('/')}`;
}

function unescape(part: string): string {
	return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
}

function asObject(value: unknown): Json {
	if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value));
	throw new Error('contract/openapi.yaml does not have the expected form');
}
