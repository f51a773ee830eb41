import type { Sql } from '../store/database.mts';

export interface Webhook {
	readonly url_name: string;
	readonly webhook_url: string;
}

/** A key's webhooks, or the one of that name. */
export async function listWebhooks(sql: Sql, keyName: string, name?: string): Promise<Webhook[]> {
	return await sql.query<Webhook>(
		`SELECT url_name, webhook_url FROM gateway.webhook
		WHERE key_name = $1 AND ($2::text IS NULL OR url_name = $2) ORDER BY url_name`,
		[keyName, name ?? null],
	);
}

/** Registers, or points an existing name to a new URL. */
export async function saveWebhook(sql: Sql, keyName: string, webhook: Webhook): Promise<void> {
	await sql.query(
		`INSERT INTO gateway.webhook (key_name, url_name, webhook_url) VALUES ($1, $2, $3)
		ON CONFLICT (key_name, url_name) DO UPDATE SET webhook_url = $3`,
		[keyName, webhook.url_name, webhook.webhook_url],
	);
}

/** Succeeds when there is none. */
export async function deleteWebhook(sql: Sql, keyName: string, name: string): Promise<void> {
	await sql.query('DELETE FROM gateway.webhook WHERE key_name = $1 AND url_name = $2', [
		keyName,
		name,
	]);
}

export async function countWebhooks(sql: Sql, keyName: string): Promise<number> {
	const [row] = await sql.query<{ count: number }>(
		'SELECT count(*)::int AS count FROM gateway.webhook WHERE key_name = $1',
		[keyName],
	);
	return row?.count ?? 0;
}
