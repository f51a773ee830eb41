import type { FastifyInstance, FastifyReply } from 'fastify';
import { Readable } from 'node:stream';

import { sendHalf } from './half-answer.cjs';
import { findResultFile, type ResultFile } from './result-file.cjs';
import type { FileFault } from './settings.cjs';
import type { State } from './state.cjs';
import { storageError } from './storage-error.cjs';

/** GET /files/{name}: result files, open to everybody as on the service. */
export function files(app: FastifyInstance, state: State): void {
	app.get<{ Params: { name: string }; Querystring: { redirected?: string } }>(
		'/files/:name',
		(request, reply) => {
			const { name } = request.params;
			// S3 does the same to a bearer token, so that a key sent to the wrong place is found out.
			if (request.headers.authorization !== undefined) {
				return storageError(reply, 'InvalidArgument', 'this address takes no Authorization header');
			}
			const file = findResultFile(state, name);
			if (file === undefined) return storageError(reply, 'NoSuchKey', 'there is no such file');
			const fault = request.query.redirected === undefined ? takeFault(state) : 'none';
			return answer(reply, file, fault, `${state.origin}/files/${name}?redirected=1`);
		},
	);
}

function takeFault({ settings }: State): FileFault {
	if (settings.fileFault === 'none' || settings.fileFaultCount <= 0) return 'none';
	settings.fileFaultCount -= 1;
	return settings.fileFault;
}

function answer(reply: FastifyReply, file: ResultFile, fault: FileFault, elsewhere: string) {
	const headers = { 'content-type': file.mime, 'content-length': file.size };
	switch (fault) {
		case '403':
			return storageError(reply, 'AccessDenied', 'access denied');
		case '404':
			return storageError(reply, 'NoSuchKey', 'there is no such file');
		case '500':
			return storageError(reply, 'InternalError', 'the storage failed');
		case 'empty':
			return reply.headers({ ...headers, 'content-length': 0 }).send('');
		case 'redirect':
			return reply.redirect(elsewhere, 302);
		case 'truncate':
			reply.hijack();
			sendHalf(reply.raw, 200, headers, file.size, file.chunks());
			return reply;
		case 'none':
			return reply.headers(headers).send(Readable.from(file.chunks()));
	}
}
