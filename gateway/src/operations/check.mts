import type { Config } from '../config/config.mts';
import type { EngineCheck } from '../engines/engine.mts';
import { offersModel } from '../engines/model-name.mts';
import { createEngines, type EngineRuntime } from '../jobs/engine-runtime.mts';
import { catalogue } from '../models/catalogue.mts';

/** What one model is answered by, and whether that works. */
export interface ModelReport {
	readonly model: string;
	readonly family: string;
	/** Undefined: none is configured. */
	readonly engine: string | undefined;
	readonly driver: string | undefined;
	readonly state:
		| 'ready'
		| 'emulated'
		| 'no engine'
		| 'not reachable'
		| 'model missing'
		| 'problem';
	/** What is wrong and how to mend it. */
	readonly advice: string | undefined;
}

const timeoutMs = 3_000;

/** Asks every engine, and says for MonsterAPI's models and the configured ones how they fare. */
export async function checkModels(
	config: Config,
	engines: ReadonlyMap<string, EngineRuntime> = createEngines(config),
): Promise<ModelReport[]> {
	const checks = new Map<string, EngineCheck>();
	await Promise.all(
		[...engines.values()].map(async ({ name, engine }) => {
			checks.set(name, await engine.check(AbortSignal.timeout(timeoutMs)));
		}),
	);
	const ids = new Set([...Object.keys(catalogue), ...Object.keys(config.models)]);
	return [...ids].map((id) => report(id, config, checks));
}

function report(id: string, config: Config, checks: ReadonlyMap<string, EngineCheck>): ModelReport {
	const model = config.models[id];
	const driver = model && config.engines[model.engine]?.driver;
	const family = model?.family ?? catalogue[id]?.family ?? '';
	const common = { model: id, family, engine: model?.engine, driver };
	if (model === undefined) return { ...common, state: 'no engine', advice: undefined };
	const check = checks.get(model.engine);
	if (check === undefined || !check.reachable) {
		return { ...common, state: 'not reachable', advice: sentences(check) };
	}
	if (check.problem !== undefined) return { ...common, state: 'problem', advice: sentences(check) };
	if (
		model.model !== undefined &&
		check.models.length > 0 &&
		!offersModel(check.models, model.model)
	) {
		const offered = check.models.slice(0, 8).join(', ');
		return {
			...common,
			state: 'model missing',
			advice: `the engine has no '${model.model}', it offers ${offered}${check.advice ? `. ${check.advice}` : ''}`,
		};
	}
	return { ...common, state: driver === 'emulated' ? 'emulated' : 'ready', advice: undefined };
}

function sentences(check: EngineCheck | undefined): string {
	return [check?.problem, check?.advice].filter((text) => text !== undefined).join('. ');
}

/**
 * The reports as a table of text, and below it how the models without an engine get one.
 * `file`: the configuration; undefined when there is none.
 */
export function formatReports(reports: readonly ModelReport[], file: string | undefined): string {
	const table = formatTable(reports);
	if (reports.every(({ state }) => state !== 'no engine')) return table;
	const advice =
		file === undefined
			? 'No configuration yet: create gateway.yaml'
			: `Models without an engine: add them under 'models' in ${file}`;
	return `${table}\n\n${advice}, see README.md, Configuration.`;
}

/** The reports as a table of text. */
export function formatTable(reports: readonly ModelReport[]): string {
	const rows = reports.map(({ model, engine, driver, state, advice }) => [
		model,
		engine === undefined ? '-' : engine === driver ? engine : `${engine} (${driver})`,
		advice === undefined ? state : `${state}: ${advice}`,
	]);
	const table = [['MODEL', 'ENGINE', 'STATE'], ...rows];
	const widths = [0, 1].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
	return table
		.map((row) =>
			row
				.map((cell, column) => cell.padEnd(widths[column] ?? 0))
				.join('  ')
				.trimEnd(),
		)
		.join('\n');
}
