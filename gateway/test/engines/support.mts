import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { TestContext } from 'node:test';
import multipart from '@fastify/multipart';
import { fastify, type FastifyInstance } from 'fastify';
import { drivers, type DriverName } from '../../src/engines/drivers.mts';
import {
	EngineError,
	type EngineContext,
	type EngineFile,
	type EngineJob,
	type EngineResult,
} from '../../src/engines/engine.mts';

/** A folder that is removed after the test. */
export async function temporaryFolder(t: TestContext): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'gateway-engine-'));
	t.after(() => rm(folder, { recursive: true, force: true }));
	return folder;
}

export async function fileAt(path: string, mimeType: string): Promise<EngineFile> {
	return { path, name: basename(path), mimeType, size: (await stat(path)).size };
}

export async function jobFor(
	t: TestContext,
	job: Partial<EngineJob> & Pick<EngineJob, 'family' | 'inputs'>,
): Promise<EngineJob> {
	return {
		model: 'test-model',
		engineModel: undefined,
		file: undefined,
		workFolder: await temporaryFolder(t),
		...job,
	};
}

export interface Recorder extends EngineContext {
	readonly fractions: number[];
	readonly lines: string[];
}

export function recorder(signal: AbortSignal = new AbortController().signal): Recorder {
	const fractions: number[] = [];
	const lines: string[] = [];
	return {
		signal,
		fractions,
		lines,
		progress: (fraction) => void fractions.push(fraction),
		log: (line) => void lines.push(line),
	};
}

/** Makes an engine and runs one job on it. */
export const run = async (
	driver: DriverName,
	config: Readonly<Record<string, unknown>>,
	job: EngineJob,
	context: EngineContext = recorder(),
): Promise<EngineResult> => await drivers[driver].create(config).run(job, context);

export function textOf({ output }: EngineResult): string {
	if (output.kind !== 'text') throw new Error(`a text was expected, not ${output.kind}`);
	return output.text;
}

export function filesOf({ output }: EngineResult): readonly EngineFile[] {
	if (output.kind !== 'files') throw new Error(`files were expected, not ${output.kind}`);
	return output.files;
}

export function transcriptOf({ output }: EngineResult) {
	if (output.kind !== 'transcript')
		throw new Error(`a transcript was expected, not ${output.kind}`);
	return output.transcript;
}

/** The EngineError that a run ends with. */
export async function engineError(running: Promise<unknown>): Promise<EngineError> {
	try {
		await running;
	} catch (error) {
		if (error instanceof EngineError) return error;
		throw error;
	}
	throw new Error('an EngineError was expected, but it succeeded');
}

/** An engine's protocol without its models, on a free port, closed after the test. */
export async function standIn(
	t: TestContext,
	routes: (server: FastifyInstance) => void,
): Promise<string> {
	const server = fastify({ bodyLimit: 64 * 1024 * 1024, forceCloseConnections: true });
	await server.register(multipart, { limits: { fileSize: 2 ** 31 } });
	routes(server);
	await server.listen({ host: '127.0.0.1', port: 0 });
	t.after(() => server.close());
	const address = server.server.address();
	if (address === null || typeof address === 'string') throw new Error('no port');
	return `http://127.0.0.1:${address.port}`;
}

/** An address at which nothing listens. */
export async function closedPort(): Promise<string> {
	const server = fastify();
	const address = await server.listen({ host: '127.0.0.1', port: 0 });
	await server.close();
	return address;
}

/** Resolves when the other side has gone. */
export const disconnected = (request: { raw: { socket: NodeJS.EventEmitter } }): Promise<void> =>
	new Promise((resolve) => request.raw.socket.once('close', () => resolve()));

/** A promise that a stand-in resolves when something has happened there. */
export function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
	let resolve = (): void => undefined;
	const promise = new Promise<void>((settle) => {
		resolve = settle;
	});
	return { promise, resolve: () => resolve() };
}
