import { durationPattern } from './duration.mts';

/** What `${NAME}` in a secret, or a plain value of a key, may be. */
const text = { type: 'string', minLength: 1 } as const;
const duration = { type: 'string', pattern: durationPattern } as const;

/** Everything but `engines` and `models`, which depend on the driver. JSON Schema 2020-12. */
export const rootSchema = {
	type: 'object',
	additionalProperties: false,
	properties: {
		listen: { type: 'string', pattern: '^(.+:)?\\d{1,5}$' },
		publicUrl: { type: 'string', pattern: '^https?://' },
		data: text,
		databaseUrl: { type: 'string', pattern: '^postgres(ql)?://' },
		retention: {
			type: 'object',
			additionalProperties: false,
			properties: { results: duration, uploads: duration, jobs: duration },
		},
		allowPrivateAddresses: { type: 'boolean' },
		keys: {
			type: 'array',
			minItems: 1,
			items: {
				type: 'object',
				additionalProperties: false,
				required: ['name', 'key'],
				properties: {
					name: { type: 'string', pattern: '^[\\w.-]{1,64}$' },
					key: { type: 'string', minLength: 8 },
					rpm: { type: 'integer', minimum: 1 },
					parallel: { type: 'integer', minimum: 1 },
					models: { type: 'array', items: text },
				},
			},
		},
		engines: { type: 'object', additionalProperties: { type: 'object' } },
		models: { type: 'object', additionalProperties: { type: 'object' } },
	},
} as const;

/** Keys that every engine has, whatever its driver. */
export const engineProperties = {
	driver: text,
	slots: { type: 'integer', minimum: 1, maximum: 256 },
	group: { type: 'string', pattern: '^[\\w.-]{1,64}$' },
	deadline: duration,
} as const;

/** Keys that every model has, whatever its engine. */
export const modelProperties = {
	engine: text,
	model: text,
	family: { enum: ['text', 'image', 'image-edit', 'transcription', 'speech'] },
	label: text,
} as const;
