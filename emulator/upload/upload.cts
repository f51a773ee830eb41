import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { randomBytes, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

import { ContentDigest } from '../files/content-digest.cjs';
import { validatedBy } from '../route-schema.cjs';
import type { State } from '../state.cjs';
import { storageError } from '../files/storage-error.cjs';
import { findUpload, type StoredFile, type Upload } from './upload-store.cjs';

interface LinkRoute {
	Params: { id: string };
	Querystring: { 'X-Amz-Signature'?: string };
}

/** GET /v1/upload?filename=, and the storage that its two links lead to. */
export function upload(app: FastifyInstance, state: State): void {
	// Whatever the content type, a body here is a file: it stays a stream.
	app.removeAllContentTypeParsers();
	app.addContentTypeParser('*', (_request, _payload, done) => done(null));

	app.get<{ Querystring: { filename: string } }>(
		'/v1/upload',
		validatedBy('getUploadUrl'),
		(request) => links(state, request.query.filename),
	);

	app.put<LinkRoute>('/uploads/:id/:name', async (request, reply) => {
		const found = locate(state, request, reply, 'PUT');
		if (found === undefined) return reply;
		const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
		if (encoding !== undefined) {
			return storageError(reply, 'NotImplemented', 'Transfer-Encoding is not supported here');
		}
		if (length === undefined) {
			return storageError(reply, 'MissingContentLength', 'the Content-Length header is missing');
		}
		found.stored = await store(state, found, request);
		return reply.code(200).send();
	});

	app.get<LinkRoute>('/uploads/:id/:name', (request, reply) => {
		const found = locate(state, request, reply, 'GET');
		if (found === undefined) return reply;
		if (found.stored === undefined) {
			return storageError(reply, 'NoSuchKey', 'nothing was uploaded here');
		}
		const { path, mime, size } = found.stored;
		return reply.type(mime).header('content-length', size).send(createReadStream(path));
	});
}

function links(state: State, filename: string) {
	const { uploadTtlMs } = state.settings;
	const id = randomUUID();
	const signatures = { PUT: randomBytes(32).toString('hex'), GET: randomBytes(32).toString('hex') };
	state.uploads.set(id, { id, filename, expiresAt: state.now() + uploadTtlMs, signatures });
	const link = (signature: string) => {
		const url = new URL(`/uploads/${id}/${encodeURIComponent(filename)}`, state.origin);
		url.searchParams.set('X-Amz-Algorithm', 'AWS4-HMAC-SHA256');
		url.searchParams.set('X-Amz-Expires', String(Math.floor(uploadTtlMs / 1000)));
		url.searchParams.set('X-Amz-Signature', signature);
		return url.href;
	};
	return { upload_url: link(signatures.PUT), download_url: link(signatures.GET) };
}

/** The upload behind a link; where it may not be used, the answer is given here and there is none. */
function locate(
	state: State,
	request: FastifyRequest<LinkRoute>,
	reply: FastifyReply,
	method: 'PUT' | 'GET',
): Upload | undefined {
	if (request.headers.authorization !== undefined) {
		storageError(
			reply,
			'InvalidArgument',
			'the signature and an Authorization header exclude each other',
		);
		return undefined;
	}
	const signature = request.query['X-Amz-Signature'];
	const found = findUpload(state, request.params.id, method, signature);
	if (found.error !== undefined) {
		const expired = found.error === 'AccessDenied';
		storageError(reply, found.error, expired ? 'the link has expired' : 'the link is not valid');
	}
	return found.upload;
}

/** Streams a body to the disk. A body that breaks off leaves nothing behind. */
async function store(state: State, { id }: Upload, request: FastifyRequest): Promise<StoredFile> {
	// A name of its own for each attempt: a second one must not write into the file of the first.
	const path = state.folder.pathOf(`${id}-${randomUUID()}`);
	const sum = new ContentDigest();
	try {
		await pipeline(
			request.raw,
			async function* (chunks: AsyncIterable<Buffer>) {
				for await (const chunk of chunks) {
					sum.add(chunk);
					yield chunk;
				}
			},
			createWriteStream(path),
		);
	} catch (error) {
		await rm(path, { force: true });
		throw error;
	}
	return { ...sum.total(), path, mime: request.headers['content-type'] ?? 'binary/octet-stream' };
}
