import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { drivers, type DriverName } from '../engines/drivers.mts';
import type { Family } from '../engines/engine.mts';
import { catalogue } from '../models/catalogue.mts';
import { type Config, ConfigError, type EngineConfig, type ModelConfig } from './config.mts';
import { parseDuration } from './duration.mts';
import { engineProperties, modelProperties, rootSchema } from './schema.mts';
import { compile, nearest, validate } from './validation.mts';

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

interface RawEngine {
	driver: DriverName;
	slots?: number;
	group?: string;
	deadline?: string;
	[option: string]: unknown;
}

interface RawModel {
	engine: string;
	model?: string;
	family?: Family;
	label?: string;
	[option: string]: unknown;
}

/** What the command line says; it wins over the file. */
export interface Overrides {
	readonly host?: string;
	readonly port?: number;
	readonly data?: string;
}

const checkRoot = compile<RawRoot>(rootSchema);
const defaultDeadline = '30m';
/** The queue takes an entry away after a day. */
const maxDeadlineMs = parseDuration('23h');

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
		publicUrl: root.publicUrl?.replace(/\/+$/, ''),
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

function toEngine(value: unknown, path: string): EngineConfig {
	if (!/^engines\.[\w-]{1,64}$/.test(path)) {
		throw new ConfigError(`${path}: an engine's name has letters, digits and dashes only`);
	}
	const name = isObject(value) ? value['driver'] : undefined;
	if (typeof name !== 'string') throw new ConfigError(`${path}.driver: missing${knownDrivers()}`);
	if (!isDriver(name)) {
		throw new ConfigError(
			`${path}.driver: unknown driver '${name}'${nearest(name, Object.keys(drivers))}`,
		);
	}
	const schema = withProperties(drivers[name].schema, engineProperties, 'driver');
	const { driver, slots, group, deadline, ...options } = validate(
		compile<RawEngine>(schema),
		value,
		path,
	);
	if (group !== undefined && (slots ?? 1) > 1) {
		throw new ConfigError(
			`${path}.slots: an engine in a group runs one job at a time; leave it out`,
		);
	}
	const deadlineMs = parseDuration(deadline ?? defaultDeadline);
	if (deadlineMs > maxDeadlineMs) throw new ConfigError(`${path}.deadline: 23h is the most`);
	return { driver, slots: slots ?? 1, group, deadlineMs, options };
}

function toModel(value: unknown, id: string, engines: Config['engines']): ModelConfig {
	const path = `models.${id}`;
	if (!/^[\w.:-]{1,100}$/.test(id)) {
		throw new ConfigError(
			`${path}: a model's id has letters, digits, dots, colons and dashes only`,
		);
	}
	const name = isObject(value) ? value['engine'] : undefined;
	const engine = typeof name === 'string' ? engines[name] : undefined;
	if (typeof name !== 'string' || engine === undefined) {
		throw new ConfigError(
			`${path}.engine: ${typeof name === 'string' ? `no engine '${name}'${nearest(name, Object.keys(engines))}` : 'missing'}`,
		);
	}
	const driver = drivers[engine.driver];
	const schema = withProperties(driver.modelSchema, modelProperties, 'engine');
	const raw = validate(compile<RawModel>(schema), value, path);
	const { engine: engineName, model, family: ownFamily, label, ...options } = raw;
	const documented = catalogue[id];
	const family = documented?.family ?? ownFamily;
	if (family === undefined) {
		throw new ConfigError(
			`${path}.family: missing; a model that MonsterAPI does not have needs it`,
		);
	}
	if (ownFamily !== undefined && ownFamily !== family) {
		throw new ConfigError(`${path}.family: '${id}' is of the family '${family}'`);
	}
	if (!driver.families.includes(family)) {
		throw new ConfigError(
			`${path}.engine: the driver '${engine.driver}' cannot do '${family}' (it does ${driver.families.join(', ')})`,
		);
	}
	const unsupported = driver.unsupported[id];
	if (unsupported !== undefined) throw new ConfigError(`${path}.engine: ${unsupported}`);
	return { engine: engineName, model, family, label: label ?? documented?.label ?? id, options };
}

/** A driver's schema and the keys that all have. */
function withProperties(schema: object, properties: object, required: string): object {
	const own = isObject(schema) ? schema : {};
	const ownRequired = Array.isArray(own['required']) ? own['required'] : [];
	return {
		...own,
		type: 'object',
		additionalProperties: false,
		properties: { ...(isObject(own['properties']) ? own['properties'] : {}), ...properties },
		required: [...ownRequired, required],
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

function isDriver(name: string): name is DriverName {
	return Object.hasOwn(drivers, name);
}

function knownDrivers(): string {
	return ` (there are ${Object.keys(drivers).join(', ')})`;
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mapValues<T, R>(
	record: Record<string, T>,
	map: (value: T, key: string) => R,
): Record<string, R> {
	return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
}
