import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Sql } from '../store/database.mts';
import { safeFileName } from './file-name.mts';
import { Storage } from './storage.mts';

export interface UploadLinks {
	readonly upload_url: string;
	readonly download_url: string;
}

export interface UploadRef {
	readonly token: string;
	readonly name: string;
}

const route = '/files/uploads/';

/** Makes and checks links that are valid for a while for one method on one file. */
export class LinkSigner {
	readonly #secret: string;
	readonly #validMs: number;

	constructor(secret: string, validMs: number) {
		this.#secret = secret;
		this.#validMs = validMs;
	}

	/** Two links for a new file, below `baseUrl`. */
	create(baseUrl: string, fileName: string): UploadLinks {
		const ref = { token: Storage.newToken(), name: safeFileName(fileName) };
		const expires = Date.now() + this.#validMs;
		const link = (method: 'PUT' | 'GET'): string =>
			`${baseUrl}${route}${ref.token}/${encodeURIComponent(ref.name)}?expires=${expires}&signature=${this.#sign(method, ref, expires)}`;
		return { upload_url: link('PUT'), download_url: link('GET') };
	}

	verify(method: 'PUT' | 'GET', ref: UploadRef, expires: string, signature: string): boolean {
		const time = Number(expires);
		if (!Number.isSafeInteger(time) || time < Date.now()) return false;
		const expected = Buffer.from(this.#sign(method, ref, time));
		const given = Buffer.from(signature);
		return expected.length === given.length && timingSafeEqual(expected, given);
	}

	/** The file behind one of this gateway's own download links, whatever its host; undefined for others. */
	readDownloadLink(url: URL): UploadRef | undefined {
		const at = url.pathname.indexOf(route);
		if (at < 0) return undefined;
		const [token, name, ...rest] = url.pathname.slice(at + route.length).split('/');
		if (token === undefined || name === undefined || rest.length > 0) return undefined;
		const ref = { token, name: decode(name) };
		const { searchParams } = url;
		const valid = this.verify(
			'GET',
			ref,
			searchParams.get('expires') ?? '',
			searchParams.get('signature') ?? '',
		);
		return valid ? ref : undefined;
	}

	#sign(method: string, { token, name }: UploadRef, expires: number): string {
		return createHmac('sha256', this.#secret)
			.update(`${method}\n${token}\n${name}\n${expires}`)
			.digest('base64url');
	}
}

/** The secret that all processes on one store share; made at the first start. */
export async function linkSecret(sql: Sql): Promise<string> {
	await sql.query('INSERT INTO gateway.link_secret (secret) VALUES ($1) ON CONFLICT DO NOTHING', [
		randomBytes(32).toString('base64url'),
	]);
	const [row] = await sql.query<{ secret: string }>('SELECT secret FROM gateway.link_secret');
	if (row === undefined) throw new Error('The store has no link secret');
	return row.secret;
}

function decode(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
