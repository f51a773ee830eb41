/** A server that n8n needs for queue mode; it ends with this process. */
export interface Server {
	/** n8n's settings for its address. */
	readonly env: NodeJS.ProcessEnv;
	/** Ends it and removes its data. */
	stop(): Promise<void>;
}
