import type { DriverName } from '../engines/drivers.mts';
import type { Family } from '../engines/engine.mts';

/** The configuration after validation: durations in milliseconds, defaults filled in. */
export interface Config {
	readonly listen: { readonly host: string; readonly port: number };
	/** Without a trailing slash. Undefined: the address that a request came in by. */
	readonly publicUrl: string | undefined;
	/** Folder of the embedded store and of the files. */
	readonly data: string;
	/** PostgreSQL instead of the embedded store. */
	readonly databaseUrl: string | undefined;
	readonly retention: {
		readonly resultsMs: number;
		readonly uploadsMs: number;
		readonly jobsMs: number;
	};
	/** File and webhook URLs may point into private networks. Link-local addresses never. */
	readonly allowPrivateAddresses: boolean;
	readonly keys: readonly KeyConfig[];
	readonly engines: Readonly<Record<string, EngineConfig>>;
	readonly models: Readonly<Record<string, ModelConfig>>;
}

export interface KeyConfig {
	readonly name: string;
	readonly key: string;
	/** Requests per minute. */
	readonly rpm?: number;
	/** Unfinished jobs at the same time. */
	readonly parallel?: number;
	/** Only these; all when absent. */
	readonly models?: readonly string[];
}

export interface EngineConfig {
	readonly driver: DriverName;
	/** Jobs at the same time, over all workers. */
	readonly slots: number;
	/** Engines of one group never run together. */
	readonly group: string | undefined;
	readonly deadlineMs: number;
	/** The driver's own keys, valid by its schema. */
	readonly options: Readonly<Record<string, unknown>>;
}

export interface ModelConfig {
	readonly engine: string;
	/** The engine's own name for it. */
	readonly model: string | undefined;
	readonly family: Family;
	readonly label: string;
	/** What the driver takes per model: sizes, voices, templates. */
	readonly options: Readonly<Record<string, unknown>>;
}

/** The configuration cannot be used. `message` names the key and says what to write. */
export class ConfigError extends Error {
	override readonly name = 'ConfigError';
}
