import { existsSync, readFileSync } from 'node:fs';
import { pino } from 'pino';
import { type Arguments, parseCommandLine, usage } from './command-line.mts';
import { type Config, ConfigError } from './config/config.mts';
import { loadConfig, type Overrides, toConfig } from './config/load.mts';
import { startGateway } from './gateway.mts';
import { checkModels, formatReports } from './operations/check.mts';
import { discover } from './operations/discovery.mts';

const defaultConfigFile = 'gateway.yaml';

/** The answers to people go to stdout, the log to stderr. */
const print = (text: string): void => void process.stdout.write(`${text}\n`);

async function main(): Promise<void> {
	// node:sqlite and node:wasi announce that they may change; the versions used here are tested.
	process.removeAllListeners('warning');
	const args = parseCommandLine(process.argv.slice(2));
	if (args.command === 'help') print(usage);
	else if (args.command === 'version') print(readVersion());
	else {
		const config = await readConfig(args);
		if (args.command === 'check') await check(config, configFile(args));
		else await start(config, args);
	}
}

async function start(config: Config, args: Arguments): Promise<void> {
	const log = pino(
		{
			level: process.env['LOG_LEVEL'] ?? 'info',
			base: null,
			timestamp: pino.stdTimeFunctions.isoTime,
		},
		pino.destination({ dest: 2, sync: false }),
	);
	const gateway = await startGateway({
		config,
		role: args.role,
		log,
		renewKey: args.newKey,
		workerListens: args.port !== undefined,
	});
	let stopping = false;
	const stop = (signal: string): void => {
		// A second one means that the user has lost patience.
		if (stopping) process.exit(130);
		stopping = true;
		log.info({ signal }, 'stopping');
		gateway.stop().then(
			() => process.exit(0),
			(error: unknown) => {
				log.error({ err: error }, 'stopping failed');
				process.exit(1);
			},
		);
	};
	process.on('SIGINT', stop);
	process.on('SIGTERM', stop);
	process.on('uncaughtException', (error) => {
		log.fatal({ err: error }, 'uncaught exception');
		log.flush(() => process.exit(1));
	});

	if (args.role !== 'worker') print(`Base URL: ${config.publicUrl ?? gateway.address ?? ''}/v1`);
	if (gateway.newKey !== undefined) {
		print(`API key: ${gateway.newKey}`);
		print(
			'The key is shown only now. A new one: --new-key; keys of your own: keys in the configuration.',
		);
	} else if (config.keys.length === 0 && args.role !== 'worker') {
		print('API key: the one printed at the first start; a new one: --new-key');
	}
	print(`\n${formatReports(await checkModels(config, gateway.engines), configFile(args))}\n`);
}

/** Ends with 1 when a configured model does not work. */
async function check(config: Config, file: string | undefined): Promise<void> {
	const reports = await checkModels(config);
	print(formatReports(reports, file));
	const bad = reports.some(({ engine, advice }) => engine !== undefined && advice !== undefined);
	process.exitCode = bad ? 1 : 0;
}

function configFile(args: Arguments): string | undefined {
	return args.config ?? (existsSync(defaultConfigFile) ? defaultConfigFile : undefined);
}

async function readConfig(args: Arguments): Promise<Config> {
	const overrides: Overrides = {
		...(args.host === undefined ? {} : { host: args.host }),
		...(args.port === undefined ? {} : { port: args.port }),
		...(args.data === undefined ? {} : { data: args.data }),
	};
	const file = configFile(args);
	if (file !== undefined) return loadConfig(file, overrides);
	return toConfig(await discover(args.emulate), process.cwd(), overrides);
}

function readVersion(): string {
	const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
	return /"version":\s*"([^"]+)"/.exec(text)?.[1] ?? '';
}

main().catch((error: unknown) => {
	const message = error instanceof Error ? error.message : String(error);
	// Mistakes of the user's are told in a sentence, everything else with its origin.
	const known = error instanceof ConfigError || process.env['LOG_LEVEL'] !== 'debug';
	process.stderr.write(
		`${known || !(error instanceof Error) ? message : (error.stack ?? message)}\n`,
	);
	process.exit(1);
});
