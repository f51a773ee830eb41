import type { Callbacks } from '../callbacks/callbacks.mts';
import type { Config } from '../config/config.mts';
import type { Storage } from '../files/storage.mts';
import type { LinkSigner } from '../files/upload-links.mts';
import type { EngineRuntime } from '../jobs/engine-runtime.mts';
import type { SubmitJob } from '../jobs/submit.mts';
import type { ApiKey, KeyRing } from '../keys/keys.mts';
import type { RateLimiter } from '../keys/rate-limiter.mts';
import type { Metrics } from '../operations/metrics.mts';
import type { Database } from '../store/database.mts';
import type { Contract } from './contract.mts';

/** What the routes are given. */
export interface Services {
	readonly config: Config;
	readonly contract: Contract;
	readonly database: Database;
	readonly storage: Storage;
	readonly links: LinkSigner;
	readonly keys: KeyRing;
	readonly rateLimiter: RateLimiter;
	readonly callbacks: Callbacks;
	readonly engines: ReadonlyMap<string, EngineRuntime>;
	readonly metrics: Metrics;
	readonly submit: SubmitJob;
}

declare module 'fastify' {
	interface FastifyRequest {
		/** Set on everything below /v1. */
		apiKey: ApiKey;
	}
}
