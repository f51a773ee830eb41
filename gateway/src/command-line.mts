import { parseArgs } from 'node:util';
import type { Role } from './gateway.mts';

export interface Arguments {
	readonly command: 'start' | 'check' | 'help' | 'version';
	readonly config: string | undefined;
	readonly port: number | undefined;
	readonly host: string | undefined;
	readonly data: string | undefined;
	readonly role: Role;
	readonly emulate: boolean;
	readonly newKey: boolean;
}

export const usage = `monsterapi-gateway [check] [options]

MonsterAPI's HTTP API on your own machines.

Commands
  (none)         start the gateway
  check          say for each model which engine answers it and what is missing

Options
  --config FILE  configuration (default: gateway.yaml in this folder, if there is one)
  --port PORT    default 4020
  --host HOST    default 127.0.0.1
  --data DIR     store and files (default ./gateway-data)
  --role ROLE    all (default), api or worker; the last two need databaseUrl
  --emulate      without a configuration: answer models that have no engine with
                 made-up results that say so, for trying workflows
  --new-key      replace the generated API key and print the new one
  --version, --help`;

/** @throws Error with a sentence for the user */
export function parseCommandLine(args: readonly string[]): Arguments {
	const { values, positionals } = parseArgs({
		args: [...args],
		allowPositionals: true,
		options: {
			config: { type: 'string' },
			port: { type: 'string' },
			host: { type: 'string' },
			data: { type: 'string' },
			role: { type: 'string', default: 'all' },
			emulate: { type: 'boolean', default: false },
			'new-key': { type: 'boolean', default: false },
			help: { type: 'boolean', default: false },
			version: { type: 'boolean', default: false },
		},
	});
	const [command = 'start', ...rest] = positionals;
	if ((command !== 'start' && command !== 'check') || rest.length > 0) {
		throw new Error(`Unknown command: ${positionals.join(' ')}`);
	}
	const { role } = values;
	if (role !== 'all' && role !== 'api' && role !== 'worker') {
		throw new Error(`--role must be all, api or worker, not '${role}'`);
	}
	return {
		command: values.help ? 'help' : values.version ? 'version' : command,
		config: values.config,
		port: values.port === undefined ? undefined : parsePort(values.port),
		host: values.host,
		data: values.data,
		role,
		emulate: values.emulate,
		newKey: values['new-key'],
	};
}

function parsePort(text: string): number {
	const port = Number(text);
	if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
	throw new Error(`--port must be a number from 0 to 65535, not '${text}'`);
}
