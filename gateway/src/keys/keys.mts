import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { KeyConfig } from '../config/config.mts';
import type { Sql } from '../store/database.mts';

/** A client of the gateway. Jobs, files and webhooks belong to its name. */
export interface ApiKey extends Omit<KeyConfig, 'key'> {
	readonly sha256: Buffer;
}

const generatedName = 'default';

/** Finds the key that a request was made with. Plain keys are not kept. */
export class KeyRing {
	readonly #keys: ApiKey[];

	constructor(keys: readonly ApiKey[]) {
		this.#keys = [...keys];
	}

	add(key: ApiKey): void {
		this.#keys.push(key);
	}

	/** `authorization`: the header's value; `Bearer ` may be missing, as some clients leave it out. */
	find(authorization: string | undefined): ApiKey | undefined {
		const given = authorization?.replace(/^bearer\s+/i, '').trim();
		if (given === undefined || given === '') return undefined;
		const digest = sha256(given);
		// All are compared, so that the time tells nothing.
		return this.#keys.filter((key) => timingSafeEqual(key.sha256, digest))[0];
	}
}

export function configuredKeys(keys: readonly KeyConfig[]): ApiKey[] {
	return keys.map(({ key, ...rest }) => ({ ...rest, sha256: sha256(key) }));
}

/** The generated key of an earlier start; undefined when there is none yet. */
export async function storedKey(sql: Sql): Promise<ApiKey | undefined> {
	const [row] = await sql.query<{ sha256: string }>('SELECT sha256 FROM gateway.generated_key');
	return row && { name: generatedName, sha256: Buffer.from(row.sha256, 'hex') };
}

/**
 * Makes the generated key, in place of an earlier one when `renew` is set. `plain` is missing when
 * another process has made one meanwhile: the store keeps a hash.
 */
export async function generatedKey(
	sql: Sql,
	renew: boolean,
): Promise<{ key: ApiKey; plain: string | undefined }> {
	const plain = `mgw-${randomBytes(24).toString('base64url')}`;
	const hash = sha256(plain).toString('hex');
	const [created] = await sql.query(
		`INSERT INTO gateway.generated_key (sha256) VALUES ($1)
		ON CONFLICT (only_one) ${renew ? 'DO UPDATE SET sha256 = $1' : 'DO NOTHING'} RETURNING sha256`,
		[hash],
	);
	if (created) return { key: { name: generatedName, sha256: sha256(plain) }, plain };
	const key = await storedKey(sql);
	if (key === undefined) throw new Error('The store has no generated key');
	return { key, plain: undefined };
}

function sha256(text: string): Buffer {
	return createHash('sha256').update(text).digest();
}
