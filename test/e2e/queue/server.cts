/** A server that n8n needs for its queue, started by us and ended with us. */
export interface Server {
	/** The settings by which n8n finds it. */
	readonly env: NodeJS.ProcessEnv;
	/** Ends it and removes its data. */
	stop(): Promise<void>;
}
