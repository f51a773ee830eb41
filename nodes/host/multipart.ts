import { randomUUID } from 'crypto';

import type { RequestBody } from '../core/host';

type Form = Extract<RequestBody, { kind: 'form' }>;

/** Escapes a name as HTML does: https://html.spec.whatwg.org/#multipart-form-data */
const escapeName = (name: string): string =>
	name.replace(/[\r\n"]/g, (char) => ({ '\r': '%0D', '\n': '%0A', '"': '%22' })[char] ?? '');

/** As a `Blob` does: a type that is invalid in a header is dropped. */
const headerType = (mimeType: string): string =>
	/^[\x20-\x7e]+$/.test(mimeType) ? mimeType : 'application/octet-stream';

/**
 * A form with a file as `multipart/form-data` (RFC 7578) in one buffer, so that its length is known. The platform's own
 * `FormData` produces the same with streams and promises that take longer than sending it.
 */
export function multipart({ fields, file }: Form): { contentType: string; body: Buffer } {
	const boundary = `----${randomUUID()}`;
	const part = (name: string, attributes = '') =>
		`--${boundary}\r\nContent-Disposition: form-data; name="${escapeName(name)}"${attributes}\r\n\r\n`;
	const { parameter, name, mimeType, bytes } = file;
	const fieldParts = Object.entries(fields).map(([field, value]) => `${part(field)}${value}\r\n`);
	const fileAttributes = `; filename="${escapeName(name)}"\r\nContent-Type: ${headerType(mimeType)}`;
	return {
		contentType: `multipart/form-data; boundary=${boundary}`,
		body: Buffer.concat([
			Buffer.from(`${fieldParts.join('')}${part(parameter, fileAttributes)}`),
			bytes,
			Buffer.from(`\r\n--${boundary}--\r\n`),
		]),
	};
}
