import type { Config, EngineConfig } from '../config/config.mts';
import { drivers } from '../engines/drivers.mts';
import type { Engine } from '../engines/engine.mts';
import { CircuitBreaker } from './circuit-breaker.mts';

/** A configured engine with what this process knows of its health. */
export interface EngineRuntime {
	readonly name: string;
	readonly config: EngineConfig;
	readonly engine: Engine;
	readonly breaker: CircuitBreaker;
}

export function createEngines(config: Config): Map<string, EngineRuntime> {
	return new Map(
		Object.entries(config.engines).map(([name, engineConfig]) => [
			name,
			{
				name,
				config: engineConfig,
				engine: drivers[engineConfig.driver].create(engineConfig.options),
				breaker: new CircuitBreaker(),
			},
		]),
	);
}

/** Engines of one group share a queue, and so never run together. */
export function queueNameOf(name: string, config: EngineConfig): string {
	return config.group === undefined ? `run.engine.${name}` : `run.group.${config.group}`;
}

/** The queue of a model's jobs; undefined when no engine answers it. */
export function queueNameForModel(config: Config, model: string): string | undefined {
	const engine = config.models[model]?.engine;
	const engineConfig = engine === undefined ? undefined : config.engines[engine];
	return engine === undefined || engineConfig === undefined
		? undefined
		: queueNameOf(engine, engineConfig);
}
