import { WASI } from 'node:wasi';
import { parentPort, workerData } from 'node:worker_threads';
import { isFliteOrder } from './flite-order.mts';
import { instantiateModule } from './wasm-module.mts';

const order: unknown = workerData;
if (!isFliteOrder(order)) throw new Error('Started without an order');
const { module, folder, names, voice } = order;

for (const [index, name] of names.entries()) {
	const wasi = new WASI({
		version: 'preview1',
		args: ['flite', '-voice', voice, '-f', `/job/${name}.txt`, '-o', `/job/${name}.wav`],
		preopens: { '/job': folder },
		returnOnExit: true,
	});
	const instance = await instantiateModule(module, wasi.getImportObject());
	const exitCode = wasi.start(instance);
	if (exitCode !== 0) throw new Error(`exit code ${exitCode}`);
	parentPort?.postMessage(index + 1);
}
