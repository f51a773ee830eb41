/** What one process of n8n does: everything but executions when they are queued, executions, or production webhooks. */
export type Role = 'main' | 'worker' | 'webhook';

export interface RoleFacts {
	/** n8n's own word for it. */
	command: string;
	/** Whether the editor's REST interface is there. */
	hasEditor: boolean;
	/** What the role needs to listen on a port of its own. */
	environment(port: number): NodeJS.ProcessEnv;
}

export const roles: Readonly<Record<Role, RoleFacts>> = {
	main: { command: 'start', hasEditor: true, environment: () => ({}) },
	webhook: { command: 'webhook', hasEditor: false, environment: () => ({}) },
	worker: {
		command: 'worker',
		hasEditor: false,
		// A worker serves nobody; its health endpoint is how one knows that it is ready.
		environment: (port) => ({
			QUEUE_HEALTH_CHECK_ACTIVE: 'true',
			QUEUE_HEALTH_CHECK_PORT: String(port),
			N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
		}),
	},
};
