import { drivers, type DriverName } from '../engines/drivers.mts';
import type { Family } from '../engines/engine.mts';
import { catalogue } from '../models/catalogue.mts';
import { type Config, ConfigError, type EngineConfig, type ModelConfig } from './config.mts';
import { parseDuration } from './duration.mts';
import { engineProperties, modelProperties } from './schema.mts';
import { compile, isObject, nearest, validate } from './validation.mts';

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

const defaultDeadline = '30m';
/** The queue takes an entry away after a day. */
const maxDeadlineMs = parseDuration('23h');

/** `path`: where the engine is in the file. */
export function toEngine(value: unknown, path: string): EngineConfig {
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

export function toModel(value: unknown, id: string, engines: Config['engines']): ModelConfig {
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
	const ownRequired: unknown[] = Array.isArray(own['required']) ? own['required'] : [];
	return {
		...own,
		type: 'object',
		additionalProperties: false,
		properties: { ...(isObject(own['properties']) ? own['properties'] : {}), ...properties },
		required: [...ownRequired, required],
	};
}

function isDriver(name: string): name is DriverName {
	return Object.hasOwn(drivers, name);
}

function knownDrivers(): string {
	return ` (there are ${Object.keys(drivers).join(', ')})`;
}
