import pg from 'pg';
import type { Database, Sql } from './database.mts';

const reconnectDelayMs = 1_000;

/** A PostgreSQL server, 13 or newer. */
export async function openPostgres(
	url: string,
	onError: (error: Error) => void,
): Promise<Database> {
	const pool = new pg.Pool({
		connectionString: url,
		max: 10,
		application_name: 'monsterapi-gateway',
	});
	pool.on('error', onError);
	// Says what is wrong with the address before anything else is started.
	await pool.query('SELECT 1');
	const listeners = new Map<string, (payload: string) => void>();
	let listenClient: pg.Client | undefined;
	let closed = false;

	async function connectListener(): Promise<void> {
		const client = new pg.Client({ connectionString: url, keepAlive: true });
		client.on('notification', (message) => listeners.get(message.channel)?.(message.payload ?? ''));
		client.on('error', onError);
		client.on('end', () => {
			if (listenClient === client) listenClient = undefined;
			if (!closed) setTimeout(() => void reconnect(), reconnectDelayMs);
		});
		await client.connect();
		for (const channel of listeners.keys()) await client.query(`LISTEN ${channel}`);
		listenClient = client;
	}

	async function reconnect(): Promise<void> {
		if (closed) return;
		try {
			await connectListener();
			// What was sent meanwhile is lost: everyone looks for themselves once.
			for (const notify of listeners.values()) notify('');
		} catch (error) {
			onError(error instanceof Error ? error : new Error(String(error)));
			setTimeout(() => void reconnect(), reconnectDelayMs);
		}
	}

	return {
		kind: 'postgres',
		...on(pool),
		async execute(script) {
			await pool.query(script);
		},
		async transaction(body) {
			const client = await pool.connect();
			try {
				await client.query('BEGIN');
				const result = await body(on(client));
				await client.query('COMMIT');
				client.release();
				return result;
			} catch (error) {
				await client.query('ROLLBACK').then(
					() => client.release(),
					// The connection is broken: the pool must not hand it out again.
					(reason: unknown) => client.release(reason instanceof Error ? reason : true),
				);
				throw error;
			}
		},
		async listen(channel, onNotification) {
			listeners.set(channel, onNotification);
			if (listenClient) await listenClient.query(`LISTEN ${channel}`);
			else await connectListener();
		},
		async close() {
			closed = true;
			await listenClient?.end();
			await pool.end();
		},
	};
}

function on(client: pg.Pool | pg.PoolClient): Sql {
	return {
		async query<Row>(text: string, values: readonly unknown[] = []) {
			const result = await client.query<Row & pg.QueryResultRow>(text, [...values]);
			return result.rows;
		},
		async notify(channel, payload) {
			await client.query('SELECT pg_notify($1, $2)', [channel, payload]);
		},
	};
}
