import type { FastifyRequest } from 'fastify';

import { tally } from './content.cjs';
import type { ReceivedFile } from './job.cjs';
import { Refusal } from './refusal.cjs';

export interface Body {
	readonly fields: Readonly<Record<string, unknown>>;
	readonly files: readonly ReceivedFile[];
}

/** Largest file that a call takes directly, in bytes. */
export const directLimit = 8 * 1024 * 1024;

/**
 * Reads the body of a generate call, JSON or multipart, into one form.
 * @throws Refusal (400) when there is none, it is no object, or a file in it is too big
 */
export async function readBody(request: FastifyRequest): Promise<Body> {
	if (request.isMultipart()) return await readParts(request);
	const { body } = request;
	if (body === undefined || body === null) throw new Refusal(400, 'Payload missing');
	if (typeof body !== 'object' || Array.isArray(body)) {
		throw new Refusal(400, 'Invalid Payload: the body is not an object');
	}
	return { fields: { ...body }, files: [] };
}

async function readParts(request: FastifyRequest): Promise<Body> {
	const fields: Record<string, unknown> = {};
	const files: ReceivedFile[] = [];
	for await (const part of request.parts()) {
		if (part.type === 'field') {
			fields[part.fieldname] = part.value;
		} else {
			const { fieldname: field, filename: name, mimetype: mime } = part;
			files.push({ field, name, mime, source: 'part', ...(await tally(part.file)) });
		}
	}
	// Only now: a client that is still sending would see a broken connection in place of the reason.
	const tooBig = files.find(({ size = 0 }) => size > directLimit);
	if (tooBig !== undefined) {
		const message = `Invalid Payload: ${tooBig.field} has ${tooBig.size} bytes, the limit is 8 MB`;
		throw new Refusal(400, message);
	}
	return { fields, files };
}
