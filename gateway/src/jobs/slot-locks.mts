import pg from 'pg';

/** Tells how many of an engine's slots this process may use. */
export interface SlotLocks {
	/** `pool` is the name of the engine or group, `slots` the number of all of them. */
	held(pool: string, slots: number): Promise<number>;
	close(): Promise<void>;
}

/** For a process that shares its store with nobody. */
export const unsharedSlots: SlotLocks = {
	held: async (_pool, slots) => slots,
	close: async () => {},
};

/** The first half of the lock's number; the second is a hash of pool and slot. */
const lockSpace = 4_020;

/**
 * Divides the slots among workers by PostgreSQL's session locks, which end with the connection: when
 * a worker dies, the others have its slots at once.
 */
export function sharedSlots(url: string, onError: (error: Error) => void): SlotLocks {
	let session: Promise<pg.Client> | undefined;
	let holding = new Map<string, Set<number>>();

	async function connect(): Promise<pg.Client> {
		const client = new pg.Client({ connectionString: url, keepAlive: true });
		const forget = (): void => {
			session = undefined;
			holding = new Map();
		};
		client.on('error', (error) => {
			forget();
			onError(error);
		});
		client.on('end', forget);
		await client.connect();
		return client;
	}

	return {
		async held(pool, slots) {
			session ??= connect();
			const client = await session.catch((error: unknown) => {
				session = undefined;
				throw error;
			});
			const mine = holding.get(pool) ?? new Set();
			holding.set(pool, mine);
			for (let slot = 0; slot < slots; slot += 1) {
				if (mine.has(slot)) continue;
				const { rows } = await client.query<{ locked: boolean }>(
					'SELECT pg_try_advisory_lock($1, hashtext($2)) AS locked',
					[lockSpace, `${pool}#${slot}`],
				);
				if (rows[0]?.locked === true) mine.add(slot);
			}
			return mine.size;
		},
		async close() {
			const client = await session?.catch(() => undefined);
			session = undefined;
			await client?.end();
		},
	};
}
