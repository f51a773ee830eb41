/** Runs SQL on one connection, or inside one transaction. */
export interface Sql {
	query<Row = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]>;
	/** Reaches the listeners of the channel once the transaction is committed. */
	notify(channel: string, payload: string): Promise<void>;
}

/** The store: embedded or a PostgreSQL server, with the same SQL. */
export interface Database extends Sql {
	readonly kind: 'embedded' | 'postgres';
	/** Several statements without parameters. */
	execute(script: string): Promise<void>;
	transaction<T>(body: (sql: Sql) => Promise<T>): Promise<T>;
	/** Calls `onNotification` for each notification, and after a lost connection was made anew. */
	listen(channel: string, onNotification: (payload: string) => void): Promise<void>;
	close(): Promise<void>;
}
