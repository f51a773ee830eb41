import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { type Config, ConfigError } from './config.mts';
import { parseDuration } from './duration.mts';
import { toEngine, toModel } from './engines-and-models.mts';
import { rootSchema } from './schema.mts';
import { compile, isObject, validate } from './validation.mts';

interface RawRoot {
	listen?: string;
	publicUrl?: string;
	data?: string;
	databaseUrl?: string;
	retention?: { results?: string; uploads?: string; jobs?: string };
	allowPrivateAddresses?: boolean;
	keys?: { name: string; key: string; rpm?: number; parallel?: number; models?: string[] }[];
	engines?: Record<string, Record<string, unknown>>;
	models?: Record<string, Record<string, unknown>>;
}

/** What the command line says; it wins over the file. */
export interface Overrides {
	readonly host?: string;
	readonly port?: number;
	readonly data?: string;
}

const checkRoot = compile<RawRoot>(rootSchema);
/**
 * Reads and validates a configuration file; undefined gives the configuration without one.
 * @throws ConfigError
 */
export function loadConfig(
	file: string | undefined,
	overrides: Overrides = {},
	environment: NodeJS.ProcessEnv = process.env,
): Config {
	const folder = file === undefined ? process.cwd() : dirname(resolve(file));
	const parsed = file === undefined ? {} : readYaml(file);
	return toConfig(substitute(parsed, environment, ''), folder, overrides);
}

/** `folder`: what relative paths start from. */
export function toConfig(value: unknown, folder: string, overrides: Overrides = {}): Config {
	if (isObject(value) && 'storage' in value) {
		throw new ConfigError('storage: S3 is not supported yet; leave it out to keep files in `data`');
	}
	const root = validate(checkRoot, value ?? {}, '');
	const listen = parseListen(root.listen ?? '127.0.0.1:4020');
	const host = overrides.host ?? listen.host;
	const engines = mapValues(root.engines ?? {}, (raw, name) => toEngine(raw, `engines.${name}`));
	const keys = root.keys ?? [];
	for (const property of ['name', 'key'] as const) {
		const twice = keys.find(
			(key, index) => keys.findIndex((k) => k[property] === key[property]) < index,
		);
		if (twice)
			throw new ConfigError(`keys: two entries have the same ${property} ('${twice.name}')`);
	}
	return {
		listen: { host, port: overrides.port ?? listen.port },
		publicUrl: root.publicUrl?.replace(/\/{1,9}$/, ''),
		data: resolve(
			overrides.data === undefined ? folder : process.cwd(),
			overrides.data ?? root.data ?? 'gateway-data',
		),
		databaseUrl: root.databaseUrl,
		retention: {
			resultsMs: parseDuration(root.retention?.results ?? '7d'),
			uploadsMs: parseDuration(root.retention?.uploads ?? '30m'),
			jobsMs: parseDuration(root.retention?.jobs ?? '30d'),
		},
		allowPrivateAddresses:
			root.allowPrivateAddresses ?? (isLoopback(host) && root.publicUrl === undefined),
		keys,
		engines,
		models: mapValues(root.models ?? {}, (raw, id) => toModel(raw, id, engines)),
	};
}

function readYaml(file: string): unknown {
	if (!existsSync(file)) throw new ConfigError(`${file}: no such file`);
	try {
		return parse(readFileSync(file, 'utf8'));
	} catch (error) {
		throw new ConfigError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
	}
}

/** Replaces `${NAME}` in every text by the environment variable, which has to exist. */
function substitute(value: unknown, environment: NodeJS.ProcessEnv, path: string): unknown {
	if (typeof value === 'string') {
		return value.replace(/\$\{([A-Za-z_]\w*)\}/g, (_whole, name: string) => {
			const found = environment[name];
			if (found === undefined) {
				throw new ConfigError(`${path}: the environment variable ${name} is not set`);
			}
			return found;
		});
	}
	if (Array.isArray(value)) {
		return value.map((item, index) => substitute(item, environment, `${path}[${index}]`));
	}
	if (!isObject(value)) return value;
	return mapValues(value, (item, key) =>
		substitute(item, environment, path ? `${path}.${key}` : key),
	);
}

function parseListen(text: string): { host: string; port: number } {
	const colon = text.lastIndexOf(':');
	const host = colon < 0 ? '127.0.0.1' : text.slice(0, colon).replace(/^\[|\]$/g, '');
	return { host, port: Number(text.slice(colon + 1)) };
}

export function isLoopback(host: string): boolean {
	return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

function mapValues<T, R>(
	record: Record<string, T>,
	map: (value: T, key: string) => R,
): Record<string, R> {
	return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
}
