import { isObject } from '../json.mts';
import type { WasmModule } from './wasm-module.mts';

/** What the worker gets: it speaks `<name>.txt` of the folder into `<name>.wav`, one after another. */
export interface FliteOrder {
	readonly module: WasmModule;
	readonly folder: string;
	readonly names: readonly string[];
	readonly voice: string;
}

export const isFliteOrder = (value: unknown): value is FliteOrder =>
	isObject(value) &&
	typeof value['module'] === 'object' &&
	typeof value['folder'] === 'string' &&
	Array.isArray(value['names']) &&
	typeof value['voice'] === 'string';
