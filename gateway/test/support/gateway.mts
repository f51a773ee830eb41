import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import type { Cleanup } from './cleanup.mts';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { toConfig } from '../../src/config/load.mts';
import { isObject } from '../../src/engines/json.mts';
import { type Gateway, startGateway } from '../../src/gateway.mts';
import type { ClientTimeouts } from '../../src/http/server.mts';
import { newDataFolder } from './store-template.mts';

export const testKey = 'test-key-of-the-first-client';
export const otherKey = 'test-key-of-the-other-client';

export interface StatusAnswer {
	process_id: string;
	status: string;
	result?: Record<string, unknown> & {
		errorMessage?: string;
		text?: unknown;
		output?: string[];
		notes?: string[];
	};
}

export interface TestGateway {
	/** Without /v1. */
	readonly url: string;
	readonly gateway: Gateway;
	readonly data: string;
	/** What was logged, as objects. */
	readonly logs: Record<string, unknown>[];
	/** The same as it was written. */
	readonly logLines: string[];
	call(method: string, path: string, body?: unknown, key?: string): Promise<Answer>;
	/** Submits and gives the process id. */
	submit(model: string, inputs: object, query?: string): Promise<string>;
	/** Waits for the end of a job. */
	result(processId: string, timeoutMs?: number): Promise<StatusAnswer>;
	stop(): Promise<void>;
}

export interface Answer {
	readonly status: number;
	readonly headers: Headers;
	// Tests read single properties of answers; a missing one fails the comparison.
	readonly body: Record<string, unknown> & { message?: string; process_id?: string };
}

/** Lists too: tests look into them as into objects. */
const isBody = (value: unknown): value is Answer['body'] =>
	typeof value === 'object' && value !== null;

const isStatusAnswer = (value: unknown): value is StatusAnswer =>
	isObject(value) &&
	typeof value['process_id'] === 'string' &&
	typeof value['status'] === 'string' &&
	(value['result'] === undefined || isObject(value['result']));

export interface TestGatewayOptions {
	readonly config?: Record<string, unknown>;
	/** Goes on with an earlier gateway's folder. */
	readonly data?: string;
	readonly keepData?: boolean;
	readonly timeouts?: ClientTimeouts;
	readonly renewKey?: boolean;
}

/** A gateway in this process on a free port. By default every model is emulated. */
export async function startTestGateway(
	test: Cleanup,
	options: TestGatewayOptions = {},
): Promise<TestGateway> {
	const data = options.data ?? (await newDataFolder());
	const logs: Record<string, unknown>[] = [];
	const logLines: string[] = [];
	const write = (line: string): void => {
		logLines.push(line);
		const entry: unknown = JSON.parse(line);
		assert.ok(isObject(entry));
		logs.push(entry);
	};
	const log = pino({ level: 'debug' }, { write });
	const config = toConfig(
		{
			listen: '127.0.0.1:0',
			keys: [
				{ name: 'first', key: testKey },
				{ name: 'other', key: otherKey },
			],
			...emulateEverything,
			...options.config,
		},
		data,
		{ data },
	);
	const gateway = await startGateway({
		config,
		role: 'all',
		log,
		strictAnswers: true,
		renewKey: options.renewKey ?? false,
		...(options.timeouts === undefined ? {} : { timeouts: options.timeouts }),
	});
	let stopped = false;
	const stop = async (): Promise<void> => {
		if (stopped) return;
		stopped = true;
		await gateway.stop();
	};
	test.after(async () => {
		await stop();
		if (options.keepData !== true) rmSync(data, { recursive: true, force: true });
	});
	const url = gateway.address;
	assert.ok(url);
	const client = createClient(url);
	return { url, gateway, data, logs, logLines, stop, ...client };
}

export function createClient(url: string): Pick<TestGateway, 'call' | 'submit' | 'result'> {
	const call: TestGateway['call'] = async (method, path, body, key = testKey) => {
		const isForm = body instanceof FormData;
		const response = await fetch(`${url}${path}`, {
			method,
			headers: {
				authorization: `Bearer ${key}`,
				...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
			},
			...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
		});
		const text = await response.text();
		const parsed: unknown = /^[[{]/.test(text) ? JSON.parse(text) : { text };
		assert.ok(isBody(parsed));
		return { status: response.status, headers: response.headers, body: parsed };
	};
	return {
		call,
		async submit(model, inputs, query = '') {
			const { status, body } = await call('POST', `/v1/generate/${model}${query}`, inputs);
			assert.equal(status, 200, JSON.stringify(body));
			assert.ok(body.process_id);
			return body.process_id;
		},
		async result(processId, timeoutMs = 60_000) {
			const deadline = Date.now() + timeoutMs;
			for (;;) {
				const response = await fetch(`${url}/v1/status/${processId}`, {
					headers: { authorization: `Bearer ${testKey}` },
				});
				const answer: unknown = await response.json();
				assert.ok(isStatusAnswer(answer), JSON.stringify(answer));
				if (answer.status === 'COMPLETED' || answer.status === 'FAILED') return answer;
				if (Date.now() > deadline) assert.fail(`still ${JSON.stringify(answer)}`);
				await sleep(20);
			}
		},
	};
}

const emulated = (ids: readonly string[]) =>
	Object.fromEntries(ids.map((id) => [id, { engine: 'emulated' }]));

export const emulateEverything = {
	engines: { emulated: { driver: 'emulated', slots: 4 } },
	models: emulated([
		'codellama-13b-instruct',
		'codellama-34b-instruct',
		'falcon-7b-instruct',
		'falcon-40b-instruct',
		'flan-T5',
		'llama2-7b-chat',
		'mpt-7b-instruct',
		'mpt-30b-instruct',
		'zephyr-7b-beta',
		'txt2img',
		'sdxl-base',
		'img2img',
		'pix2pix',
		'photo-maker',
		'whisper',
		'speech2text-v2',
		'sunoai-bark',
	]),
};
