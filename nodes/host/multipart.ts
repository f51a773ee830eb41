import { randomUUID } from 'crypto';

import type { RequestBody } from '../core/host';

type Form = Extract<RequestBody, { kind: 'form' }>;

/** How HTML writes a name between quotes: https://html.spec.whatwg.org/#multipart-form-data */
const quoted = (name: string): string =>
	name.replace(/[\r\n"]/g, (sign) => ({ '\r': '%0D', '\n': '%0A', '"': '%22' })[sign] ?? '');

/** As a `Blob` does: what cannot stand in a header says nothing. */
const typeOf = (mimeType: string): string =>
	/^[\x20-\x7e]+$/.test(mimeType) ? mimeType : 'application/octet-stream';

/**
 * A form with a file as `multipart/form-data` (RFC 7578), in one piece and so with its exact length. The platform's own
 * `FormData` makes the same of it, in streams and promises that take longer than sending it.
 */
export function multipart({ fields, file }: Form): { contentType: string; body: Buffer } {
	const boundary = `----${randomUUID()}`;
	const part = (name: string, more = '') =>
		`--${boundary}\r\nContent-Disposition: form-data; name="${quoted(name)}"${more}\r\n\r\n`;
	const { parameter, name, mimeType, bytes } = file;
	const before = Object.entries(fields).map(([field, value]) => `${part(field)}${value}\r\n`);
	const label = `; filename="${quoted(name)}"\r\nContent-Type: ${typeOf(mimeType)}`;
	return {
		contentType: `multipart/form-data; boundary=${boundary}`,
		body: Buffer.concat([
			Buffer.from(`${before.join('')}${part(parameter, label)}`),
			bytes,
			Buffer.from(`\r\n--${boundary}--\r\n`),
		]),
	};
}
