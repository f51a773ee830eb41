import { Ajv2020 } from 'ajv/dist/2020.js';
import { EngineError, type Engine, type EngineJob, type Family } from './engine.mts';
import type { JsonObject } from './json.mts';

/** A kind of engine: what its configuration may hold, and how it is made. */
export interface Driver {
	/** JSON Schema of the driver's own keys below `engines.<name>`; the common keys are the configuration's. */
	readonly schema: ObjectSchema;
	/** JSON Schema of the driver's own keys below `models.<id>`. */
	readonly modelSchema: ObjectSchema;
	/** What it can do. */
	readonly families: readonly Family[];
	/** Models of those families that it cannot do, with the reason and the remedy in a sentence. */
	readonly unsupported: Readonly<Record<string, string>>;
	/** @throws Error when the configuration does not pass `schema` */
	create(config: Readonly<Record<string, unknown>>): Engine;
}

export interface ObjectSchema {
	readonly type: 'object';
	readonly properties: Readonly<Record<string, JsonObject>>;
	readonly required?: readonly string[];
}

/** Reads the model's own options of a job. */
export type ModelOptions<ModelConfig> = (job: EngineJob) => ModelConfig;

interface DriverDefinition<Config, ModelConfig> {
	readonly schema: ObjectSchema;
	readonly modelSchema?: ObjectSchema;
	readonly families: readonly Family[];
	readonly unsupported?: Readonly<Record<string, string>>;
	create(config: Config, optionsOf: ModelOptions<ModelConfig>): Engine;
}

const noOptions: ObjectSchema = { type: 'object', properties: {} };

/** Makes a driver whose schemas are also the guards of its two configuration types. */
export function defineDriver<Config, ModelConfig = Record<string, never>>(
	definition: DriverDefinition<Config, ModelConfig>,
): Driver {
	const { schema, modelSchema = noOptions, families, unsupported = {} } = definition;
	return {
		schema,
		modelSchema,
		families,
		unsupported,
		create(config) {
			// The schemas are checked by tests, not at each start.
			const ajv = new Ajv2020({ allowUnionTypes: true, validateSchema: false, meta: false });
			const isConfig = ajv.compile<Config>(schema);
			const isModelConfig = ajv.compile<ModelConfig>(modelSchema);
			if (!isConfig(config)) throw new Error(ajv.errorsText(isConfig.errors));
			return definition.create(config, (job) => {
				const options: unknown = job.modelConfig ?? {};
				if (isModelConfig(options)) return options;
				throw new EngineError(
					`models.${job.model}: ${ajv.errorsText(isModelConfig.errors)}`,
					'final',
				);
			});
		},
	};
}

const text = { type: 'string', minLength: 1 };

/** Keys of every engine that is reached over HTTP. */
export const httpProperties = {
	url: { type: 'string', pattern: '^https?://.', description: "The engine's base URL" },
	key: { ...text, description: 'API key, sent as a bearer token' },
	headers: {
		type: 'object',
		additionalProperties: { type: 'string' },
		description: 'Further request headers',
	},
} as const;

/** Keys with which the translation of parameters is adapted; for an engine or for one of its models. */
export const fieldProperties = {
	fields: {
		type: 'object',
		additionalProperties: { anyOf: [text, { const: false }] },
		description: "Parameter → the engine's field name, or false to leave it out",
	},
	extra: { type: 'object', description: 'Fields that are added to every request' },
} as const;

export const modelProperty = {
	...text,
	description: "The engine's model, for models that do not name one of their own",
} as const;
