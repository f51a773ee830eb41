/** The role of an n8n process: everything (in queue mode except executions), executions, or production webhooks. */
export type Role = 'main' | 'worker' | 'webhook';

export interface RoleFacts {
	/** The command of n8n's CLI. */
	command: string;
	/** Whether it serves the editor's REST API. */
	hasEditor: boolean;
	/** Environment variables for the port. */
	environment(port: number): NodeJS.ProcessEnv;
}

export const roles: Readonly<Record<Role, RoleFacts>> = {
	main: { command: 'start', hasEditor: true, environment: () => ({}) },
	webhook: { command: 'webhook', hasEditor: false, environment: () => ({}) },
	worker: {
		command: 'worker',
		hasEditor: false,
		// A worker has no server of its own; its health endpoint tells when it is ready.
		environment: (port) => ({
			QUEUE_HEALTH_CHECK_ACTIVE: 'true',
			QUEUE_HEALTH_CHECK_PORT: String(port),
			N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
		}),
	},
};
