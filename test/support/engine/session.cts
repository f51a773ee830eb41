import type { IDataObject } from 'n8n-workflow';

import { startEmulator, type Emulator } from '../../../emulator/server.cjs';
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

export const apiKey = 'engine-tests-key-0123456789';

export interface Session {
	/** What `run` would run. */
	options(parameters: IDataObject, more?: Partial<RunOptions>): RunOptions;
	/** MonsterAPI on loopback; its jobs end at once unless a test says otherwise. */
	emulator: Emulator;
	/** Runs the node with these parameters and gives what came out. */
	run(parameters: IDataObject, more?: Partial<RunOptions>): Promise<Outcome>;
	begin(parameters: IDataObject, more?: Partial<RunOptions>): Running;
	/** Paths of the requests to the API, in order, without queries. */
	calls(): string[];
}

/** Polls as often as the node allows: the tests are about what happens, not about when. */
const impatient = { pollIntervalSeconds: 0.25 };

/** Sets up engine and emulator for a test file, and tears both down. */
export function useSession(mode: BinaryMode = 'filesystem'): Session {
	const options = (parameters: IDataObject, more: Partial<RunOptions> = {}): RunOptions => ({
		credential: { apiKey, baseUrl: session.emulator.baseUrl },
		parameters: {
			...parameters,
			options: { ...impatient, ...(parameters['options'] as IDataObject | undefined) },
		},
		...more,
	});
	const session: Session = {
		options,
		get emulator(): Emulator {
			if (emulator === undefined) throw new Error('The emulator is not up yet');
			return emulator;
		},
		run: async (parameters, more) => await execute(options(parameters, more)),
		begin: (parameters, more) => begin(options(parameters, more)),
		calls: () =>
			session.emulator.state.requests.map(
				({ method, path }) => `${method} ${path.replace(/\?.*/, '')}`,
			),
	};
	let emulator: Emulator | undefined;
	beforeAll(async () => {
		emulator = await startEmulator({ apiKey, settings: { queueMs: 0, workMs: 0 } });
		await startEngine(mode);
	});
	beforeEach(() => {
		// Jittered pauses are as short as they can be.
		jest.spyOn(Math, 'random').mockReturnValue(0);
		session.emulator.state.reset();
		logLines.length = 0;
	});
	afterEach(() => jest.restoreAllMocks());
	afterAll(async () => {
		await emulator?.close();
		endEngine();
	});
	return session;
}
