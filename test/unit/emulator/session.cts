import axios, { type AxiosInstance } from 'axios';
import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';

import { startEmulator, type Emulator, type EmulatorOptions } from '../../../emulator/server.cjs';

// No test here waits for anything; a busy machine shall not make one fail.
jest.setTimeout(60_000);

/** A running emulator with a clock that only the test moves, and an independent client for it. */
export interface Session {
	readonly emulator: Emulator;
	/** Milliseconds. */
	readonly clock: { now: number };
	/** Relative to /v1, with a key; no status is an error. */
	readonly api: AxiosInstance;
	/** Without a key, for whole addresses. */
	readonly open: AxiosInstance;
}

export async function startSession(options: EmulatorOptions = {}): Promise<Session> {
	const clock = { now: 1_000_000 };
	const emulator = await startEmulator({ now: () => clock.now, ...options });
	const common = { validateStatus: () => true, maxBodyLength: Infinity };
	return {
		emulator,
		clock,
		api: axios.create({
			...common,
			baseURL: emulator.baseUrl,
			headers: { authorization: 'Bearer some-key' },
		}),
		open: axios.create({ ...common, baseURL: emulator.origin }),
	};
}

/** The answer to an accepted submission, as far as tests read it. */
export interface Accepted {
	readonly process_id: string;
}

/** The status of a job that has ended, with what the result of each family may hold. */
interface Ended extends Accepted {
	readonly status: string;
	readonly credit_used?: number;
	readonly result: {
		readonly output: readonly [string, ...string[]];
		readonly text: string;
		/** Of a transcript word by word. */
		readonly data: readonly string[];
		/** Of a verbose transcript. */
		readonly segments: readonly object[];
		readonly errorMessage: string;
	};
}

/** Submits a job and moves the clock to its end. Returns the status that is then answered. */
export async function finish(
	{ api, clock }: Session,
	model: string,
	body: unknown,
): Promise<Ended> {
	const accepted = await api.post<Accepted>(`/generate/${model}`, body);
	expect(accepted.status).toBe(200);
	clock.now += 60_000;
	const answer = await api.get<Ended>(`/status/${accepted.data.process_id}`);
	expect(answer.status).toBe(200);
	return answer.data;
}

export const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** Lets the event loop turn until something has happened. */
export async function until(happened: () => boolean): Promise<void> {
	while (!happened()) await setImmediate();
}
