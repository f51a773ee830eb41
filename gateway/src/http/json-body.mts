import type { FastifyInstance } from 'fastify';
import { HttpError } from './http-error.mts';

const maxDepth = 100;

/** Reads JSON bodies, but none that is nested so deeply that reading it alone would take seconds. */
export function parseJsonBodies(api: FastifyInstance): void {
	const parse = api.getDefaultJsonParser('error', 'error');
	api.addContentTypeParser<string>(
		'application/json',
		{ parseAs: 'string' },
		(request, text, done) => {
			if (isDeeperThan(text, maxDepth)) {
				done(new HttpError(400, `Invalid Payload: more than ${maxDepth} levels of nesting`));
			} else void parse(request, text, done);
		},
	);
}

/** Brackets are counted, apart from those in strings. */
export function isDeeperThan(json: string, limit: number): boolean {
	let depth = 0;
	for (let at = 0; at < json.length; at += 1) {
		const character = json[at];
		if (character === '"') at = endOfString(json, at);
		else if (character === '[' || character === '{') depth += 1;
		else if (character === ']' || character === '}') depth -= 1;
		if (depth > limit) return true;
	}
	return false;
}

/** Where the quotation mark is that ends a string; the text's end when there is none. */
function endOfString(json: string, start: number): number {
	let end = json.indexOf('"', start + 1);
	while (end !== -1 && isEscaped(json, end)) end = json.indexOf('"', end + 1);
	return end === -1 ? json.length : end;
}

/** By an odd number of backslashes. */
function isEscaped(json: string, at: number): boolean {
	let first = at;
	while (json[first - 1] === '\\') first -= 1;
	return (at - first) % 2 === 1;
}
