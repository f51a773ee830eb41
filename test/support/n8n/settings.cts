import type { N8nInstall } from './install.cjs';
import { withNodeFirst } from './npm.cjs';

export interface N8nPorts {
	editor: number;
	broker: number;
}

/** Settings of somebody's own n8n, or of the tool that started us, must not leak into this one. */
const FOREIGN =
	/^(N8N_|DB_|EXECUTIONS_|QUEUE_|NODES_|WEBHOOK_URL$|GENERIC_TIMEZONE$|NODE_OPTIONS$)/;

/** Everything that would call home. With these off n8n starts and runs without a network. */
const OFFLINE = {
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_PERSONALIZATION_ENABLED: 'false',
	N8N_HIRING_BANNER_ENABLED: 'false',
	N8N_DYNAMIC_BANNERS_ENABLED: 'false',
	N8N_VERIFIED_PACKAGES_ENABLED: 'false',
	N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
	N8N_AI_GATEWAY_ENABLED: 'false',
};

/** A list of servers that n8n 2.x fetches when it starts; n8n 1.x rejects the unknown name. */
const OFFLINE_2 = { N8N_DISABLED_MODULES: 'mcp-registry' };

/** n8n's environment: ours without foreign settings, plus what a private instance needs. */
export function n8nEnvironment(
	{ nodeBinary, version }: Pick<N8nInstall, 'nodeBinary' | 'version'>,
	userFolder: string,
	ports: N8nPorts,
	extra: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
	const own = Object.entries(process.env).filter(([name]) => !FOREIGN.test(name));
	const noProxy = [process.env.NO_PROXY ?? process.env.no_proxy, '127.0.0.1', 'localhost'];
	const settings = {
		...OFFLINE,
		...(version.startsWith('1.') ? {} : OFFLINE_2),
		N8N_USER_FOLDER: userFolder,
		N8N_HOST: '127.0.0.1',
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_PORT: String(ports.editor),
		N8N_PROTOCOL: 'http',
		WEBHOOK_URL: `http://127.0.0.1:${ports.editor}/`,
		// Plain HTTP on loopback: a secure cookie would never come back.
		N8N_SECURE_COOKIE: 'false',
		N8N_RUNNERS_ENABLED: 'true',
		N8N_RUNNERS_BROKER_PORT: String(ports.broker),
		// Without it n8n looks for a Python to run Python code in, and warns when there is none.
		N8N_PYTHON_ENABLED: 'false',
		N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem',
		NO_PROXY: noProxy.filter(Boolean).join(','),
	};
	return withNodeFirst(nodeBinary, { ...Object.fromEntries(own), ...settings, ...extra });
}
