import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { EngineFile } from '../engine.mts';

/** Text fields, in their order, and one file. */
export interface MultipartForm {
	readonly fields: readonly (readonly [name: string, value: string])[];
	readonly file: EngineFile;
	/** The name of the file's field. */
	readonly fileField: string;
}

export interface MultipartBody {
	readonly headers: { readonly 'content-type': string; readonly 'content-length': string };
	readonly stream: Readable;
}

/**
 * A multipart body that is read from disk while it is sent, with a known length. (A FormData with a Blob of the file ends in
 * memory as a whole: undici's has no back-pressure.)
 */
export function multipartBody({ fields, file, fileField }: MultipartForm): MultipartBody {
	const boundary = `gateway-${randomUUID()}`;
	const head = Buffer.from(
		[
			...fields.map(
				([name, value]) =>
					`--${boundary}\r\ncontent-disposition: form-data; name="${quoted(name)}"\r\n\r\n${value}\r\n`,
			),
			`--${boundary}\r\ncontent-disposition: form-data; name="${quoted(fileField)}"; `,
			`filename="${quoted(file.name)}"\r\ncontent-type: ${file.mimeType}\r\n\r\n`,
		].join(''),
	);
	const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
	return {
		headers: {
			'content-type': `multipart/form-data; boundary=${boundary}`,
			'content-length': String(head.length + file.size + tail.length),
		},
		stream: Readable.from(pieces(head, file.path, tail), { objectMode: false }),
	};
}

async function* pieces(head: Buffer, path: string, tail: Buffer): AsyncGenerator<Buffer> {
	yield head;
	yield* createReadStream(path, { highWaterMark: 256 * 1024 });
	yield tail;
}

/** As browsers quote names in a form. */
const quoted = (name: string): string =>
	name.replace(/["\r\n]/g, (character) => encodeURIComponent(character));

/** Fields of a request as text; a list gives its name once for each of its values. */
export const textFields = (body: Readonly<Record<string, unknown>>): [string, string][] =>
	Object.entries(body).flatMap(([name, value]) =>
		(Array.isArray(value) ? value : [value]).map((one): [string, string] => [
			name,
			typeof one === 'object' ? JSON.stringify(one) : String(one),
		]),
	);
