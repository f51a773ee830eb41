import { listedModelsSchema, type ListedModel } from './generate/listed-model.cjs';
import type { Family } from './generate/models.cjs';
import {
	deployDefaults,
	deploySettingsSchema,
	type DeploySettings,
} from './deploy/deploy-settings.cjs';
import {
	webhookDefaults,
	webhookSettingsSchema,
	type WebhookSettings,
} from './webhook/webhook-settings.cjs';

interface RateLimit {
	readonly requests: number;
	readonly perMs: number;
}

/** What a result download meets instead of the file. */
export type FileFault = 'none' | '404' | '403' | '500' | 'empty' | 'truncate' | 'redirect';

/** What a model outside of the contract answers: like a family, or its inputs as JSON text. */
export type ExtraModel = Family | 'echo';

/** The switches of the emulator; every one may be changed while it runs. Times are milliseconds. */
export interface Settings extends WebhookSettings, DeploySettings {
	/** How long a new job is IN_QUEUE. */
	queueMs: number;
	/** How long a job is IN_PROGRESS: one time for all, or by model id with `default` for the rest. */
	workMs: number | Readonly<Record<string, number>>;
	/** How far the working time varies from job to job, as a share of it (0 to 1). */
	jitter: number;
	/** What `result` is before a job has ended: undocumented. */
	pendingResult: 'absent' | 'null' | 'empty';
	/** Model ids that are accepted beside those of the contract, with any input. */
	extraModels: Readonly<Record<string, ExtraModel>>;
	/** What GET /v1/models answers, as a gateway does; null: 404, as the documentation has no such call. */
	models?: readonly ListedModel[] | null;
	/** How long an upload link and the file behind it live. */
	uploadTtlMs: number;
	/** Exact size of every result file, as a pattern instead of a real image or sound. */
	resultBytes?: number | null;
	fileFault: FileFault;
	/** How many more downloads meet `fileFault`; it counts down. */
	fileFaultCount: number;
	rateLimit?: RateLimit | null;
	/** The Retry-After header of a 429 by `rateLimit`, in either form. */
	retryAfter?: string | null;
}

export const defaultWorkMs = 1200;

const defaults: Settings = {
	queueMs: 300,
	workMs: defaultWorkMs,
	jitter: 0,
	pendingResult: 'absent',
	extraModels: { 'custom-echo': 'echo' },
	models: null,
	uploadTtlMs: 30 * 60 * 1000,
	resultBytes: null,
	fileFault: 'none',
	fileFaultCount: 1,
	rateLimit: null,
	retryAfter: null,
	...webhookDefaults,
	...deployDefaults,
};

/** A fresh set of settings: the defaults with the given ones over them. */
export const startingSettings = (given: Partial<Settings> = {}): Settings => ({
	...defaults,
	...given,
});

const duration = { type: 'number', minimum: 0 } as const;

/** JSON schema of a change of settings by HTTP; it keeps out misspelt names, which would change nothing. */
export const settingsSchema = {
	type: 'object',
	additionalProperties: false,
	properties: {
		queueMs: duration,
		workMs: { anyOf: [duration, { type: 'object', additionalProperties: duration }] },
		jitter: { type: 'number', minimum: 0, maximum: 1 },
		pendingResult: { enum: ['absent', 'null', 'empty'] },
		extraModels: {
			type: 'object',
			additionalProperties: {
				enum: ['text', 'image', 'imageEdit', 'transcription', 'speech', 'echo'],
			},
		},
		models: listedModelsSchema,
		uploadTtlMs: duration,
		resultBytes: { type: 'integer', minimum: 0, nullable: true },
		fileFault: { enum: ['none', '404', '403', '500', 'empty', 'truncate', 'redirect'] },
		fileFaultCount: { type: 'integer', minimum: 0 },
		rateLimit: {
			type: 'object',
			nullable: true,
			required: ['requests', 'perMs'],
			additionalProperties: false,
			properties: { requests: { type: 'integer', minimum: 0 }, perMs: duration },
		},
		retryAfter: { type: 'string', nullable: true },
		...webhookSettingsSchema,
		...deploySettingsSchema,
	},
} as const;
