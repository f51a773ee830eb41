import type { FastifyReply } from 'fastify';

/** What a file storage that speaks S3 refuses with, and the HTTP status of each. */
const statuses = {
	AccessDenied: 403,
	InternalError: 500,
	InvalidArgument: 400,
	MissingContentLength: 411,
	NoSuchKey: 404,
	NotImplemented: 501,
	SignatureDoesNotMatch: 403,
} as const;

export type StorageCode = keyof typeof statuses;

/** Answers as the storage behind the upload and result links does: in XML, unlike the API itself. */
export function storageError(reply: FastifyReply, code: StorageCode, message: string) {
	return reply
		.code(statuses[code])
		.type('application/xml')
		.send(
			`<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>[emulated] ${message}</Message></Error>`,
		);
}
