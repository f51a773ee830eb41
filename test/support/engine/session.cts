import type { IDataObject } from 'n8n-workflow';

import type { Emulator } from '../../../emulator/server.cjs';
import { watchContract } from './contract-watch.cjs';
import {
	begin,
	endEngine,
	execute,
	logLines,
	startEngine,
	type BinaryMode,
	type Outcome,
	type RunOptions,
	type Running,
} from './engine.cjs';
import { openServer, type EngineServer } from './server.cjs';

export const apiKey = 'engine-tests-key-0123456789';

export interface Session {
	/** What `run` would run. */
	options(parameters: IDataObject, more?: Partial<RunOptions>): RunOptions;
	/**
	 * MonsterAPI on loopback; its jobs end at once unless a test says otherwise. With MONSTERAPI_SERVER=gateway it is the
	 * gateway, and this what a recorder in front of it has seen.
	 */
	emulator: Emulator;
	/** Runs the node with these parameters and gives what came out. */
	run(parameters: IDataObject, more?: Partial<RunOptions>): Promise<Outcome>;
	begin(parameters: IDataObject, more?: Partial<RunOptions>): Running;
	/**
	 * For a test that sends something wrong on purpose: each request to the API may break the contract in a way that
	 * one of the patterns describes, and each pattern must have described one by the end of the test.
	 */
	expectViolations(...patterns: RegExp[]): void;
	/** Waits until a job has ended, which on the emulator it has when it is accepted. */
	settled(processId: string): Promise<void>;
	/** Paths of the requests to the API, in order, without queries. */
	calls(): string[];
}

/** Polls as often as the node allows: the tests are about what happens, not about when. */
const fastPolling = { pollIntervalSeconds: 0.25 };

/** Sets up engine and emulator for a test file, and tears both down. */
export function useSession(mode: BinaryMode = 'filesystem'): Session {
	const options = (parameters: IDataObject, more: Partial<RunOptions> = {}): RunOptions => ({
		credential: { apiKey, baseUrl: session.emulator.baseUrl },
		parameters: {
			...parameters,
			options: { ...fastPolling, ...(parameters['options'] as IDataObject | undefined) },
		},
		...more,
	});
	const session: Session = {
		options,
		get emulator(): Emulator {
			if (server === undefined) throw new Error('MonsterAPI is not up yet');
			return server.emulator;
		},
		run: async (parameters, more) => await execute(options(parameters, more)),
		begin: (parameters, more) => begin(options(parameters, more)),
		expectViolations: (...patterns) => contract.expectViolations(...patterns),
		settled: async (processId) => await server?.settled(processId),
		calls: () =>
			session.emulator.state.requests.map(
				({ method, path }) => `${method} ${path.replace(/\?.*/, '')}`,
			),
	};
	const contract = watchContract();
	let server: EngineServer | undefined;
	beforeAll(async () => {
		server = await openServer(apiKey);
		server.emulator.state.observer = (request) => contract.observe(request);
		await startEngine(mode);
	});
	beforeEach(async () => {
		// Jittered pauses are as short as they can be.
		jest.spyOn(Math, 'random').mockReturnValue(0);
		await server?.reset();
		contract.reset();
		logLines.length = 0;
	});
	afterEach(async () => {
		jest.restoreAllMocks();
		expect(await contract.unexpected()).toEqual([]);
	});
	afterAll(async () => {
		await server?.close();
		endEngine();
	});
	return session;
}
