import type { Readable } from 'node:stream';
import { join } from 'node:path';
import { send } from '@fastify/send';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { maxFileBytes } from '../files/fetch-file.mts';
import { type FileArea, fileSize, FileTooLargeError } from '../files/storage.mts';
import { writeRange } from '../files/write-range.mts';
import type { Services } from './services.mts';
import { limitStalls } from './stalled-transfers.mts';

interface FileRoute {
	Params: { token: string; name: string };
	Querystring: { expires?: string; signature?: string };
}

/** Upload links and result files. No key: the address is the permission. */
export function fileRoutes(server: FastifyInstance, services: Services, stallMs: number): void {
	const { storage, links, metrics } = services;
	limitStalls(server, stallMs);
	server.removeAllContentTypeParsers();
	server.addContentTypeParser('*', (_request, payload, done) => done(null, payload));

	server.put<FileRoute & { Body: Readable | null }>(
		'/uploads/:token/:name',
		{ onRequest: async (request, reply) => await checkLink('PUT', request, reply) },
		async (request, reply) => {
			const { token, name } = request.params;
			if (Number(request.headers['content-length'] ?? 0) > maxFileBytes) {
				return await refuse(reply, 400, 'EntityTooLarge', 'The file is too large');
			}
			if (storage.path('uploads', token, name) === undefined) return await accessDenied(reply);
			clearTimeout(request.bodyDeadline);
			const path = await storage.prepare('uploads', token, name);
			try {
				const source = request.body ?? request.raw;
				const size = await storage.write(path, source, maxFileBytes, { ownsChunks: true });
				metrics.received(size);
				return await reply.code(200).send();
			} catch (error) {
				if (!(error instanceof FileTooLargeError)) throw error;
				return await refuse(reply, 400, 'EntityTooLarge', 'The file is too large');
			}
		},
	);

	server.get<FileRoute>(
		'/uploads/:token/:name',
		{ onRequest: async (request, reply) => await checkLink('GET', request, reply) },
		async (request, reply) => await sendFile('uploads', request, reply),
	);
	server.get<FileRoute>(
		'/results/:token/:name',
		async (request, reply) => await sendFile('results', request, reply),
	);

	async function checkLink(
		method: 'PUT' | 'GET',
		request: FastifyRequest<FileRoute>,
		reply: FastifyReply,
	): Promise<void> {
		const { expires = '', signature = '' } = request.query;
		if (!links.verify(method, request.params, expires, signature)) await accessDenied(reply);
	}

	async function sendFile(
		area: FileArea,
		request: FastifyRequest<FileRoute>,
		reply: FastifyReply,
	): Promise<FastifyReply> {
		const { token, name } = request.params;
		const path = storage.path(area, token, name);
		if (path === undefined || (await fileSize(path)) === undefined) {
			return await refuse(reply, 404, 'NoSuchKey', 'There is no such file, or it has expired');
		}
		const { statusCode, headers, stream } = await send(request.raw, encodeURIComponent(name), {
			root: join(path, '..'),
			cacheControl: false,
		});
		const allHeaders = {
			...headers,
			'x-content-type-options': 'nosniff',
			// Nothing that a client uploads is run in the gateway's name.
			'content-security-policy': 'sandbox',
		};
		if (request.method === 'HEAD' || (statusCode !== 200 && statusCode !== 206)) {
			return await reply.code(statusCode).headers(allHeaders).send(stream);
		}
		stream.destroy();
		reply.hijack();
		reply.raw.writeHead(statusCode, allHeaders);
		const start = Number(/^bytes (\d+)-/.exec(headers['Content-Range'] ?? '')?.[1] ?? 0);
		await writeRange(path, start, Number(headers['Content-Length']), reply.raw).then(
			() => reply.raw.end(),
			// The client is gone, or has to learn that something is missing.
			() => reply.raw.destroy(),
		);
		return reply;
	}
}

async function accessDenied(reply: FastifyReply): Promise<FastifyReply> {
	return await refuse(reply, 403, 'AccessDenied', 'The link is not valid or has expired');
}

/** The form of S3, whose links these replace. */
async function refuse(
	reply: FastifyReply,
	status: number,
	code: string,
	message: string,
): Promise<FastifyReply> {
	const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
	return await reply.code(status).type('application/xml').send(xml);
}
