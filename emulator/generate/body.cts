import type { FastifyRequest } from 'fastify';

import { digest } from '../files/content-digest.cjs';
import type { ReceivedFile } from './job.cjs';
import { HttpError } from '../http-error.cjs';

export interface Body {
	readonly fields: Readonly<Record<string, unknown>>;
	readonly files: readonly ReceivedFile[];
}

/** Largest file that a call takes directly, in bytes. */
const directLimit = 8 * 1024 * 1024;

/**
 * Reads the body of a generate call, JSON or multipart, into one form.
 * @throws HttpError (400) when there is none, it is no object, or a file in it is too big
 */
export async function readBody(request: FastifyRequest): Promise<Body> {
	if (request.isMultipart()) return await readParts(request);
	const { body } = request;
	if (body === undefined || body === null) throw new HttpError(400, 'Payload missing');
	if (typeof body !== 'object' || Array.isArray(body)) {
		throw new HttpError(400, 'Invalid Payload: the body is not an object');
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
			files.push({ field, name, mime, source: 'part', ...(await digest(part.file)) });
		}
	}
	// Only now: a client that is still sending would see a broken connection instead of the reason.
	const tooBig = files.find(({ size = 0 }) => size > directLimit);
	if (tooBig !== undefined) {
		const message = `Invalid Payload: ${tooBig.field} has ${tooBig.size} bytes, the limit is 8 MB`;
		throw new HttpError(400, message);
	}
	return { fields, files };
}
