import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/* The part of WebAssembly's interface that is used here: TypeScript has it only among the types of browsers. */
declare global {
	namespace WebAssembly {
		interface Module {
			readonly [Symbol.toStringTag]: string;
		}
		function compile(code: Uint8Array): Promise<Module>;
		function instantiate(module: Module, imports: object): Promise<object>;
	}
}

export type WasmModule = WebAssembly.Module;

/** Reads and compiles a WebAssembly file of a dependency, such as `package/file.wasm`. */
export async function compileModule(specifier: string): Promise<WasmModule> {
	return await WebAssembly.compile(await readFile(fileURLToPath(import.meta.resolve(specifier))));
}

export const instantiateModule = async (module: WasmModule, imports: object): Promise<object> =>
	await WebAssembly.instantiate(module, imports);
