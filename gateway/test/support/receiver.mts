import type { Cleanup } from './cleanup.mts';
import { setTimeout as sleep } from 'node:timers/promises';
import fastify from 'fastify';

export interface ReceivedCallback {
	readonly deliveryId: string;
	readonly attempt: number;
	readonly body: {
		process_id: string;
		model_name: string;
		status: string;
		result?: Record<string, unknown>;
	};
	/** What it was answered. */
	readonly answered: number;
}

export interface Receiver {
	readonly url: string;
	readonly callbacks: ReceivedCallback[];
	readonly probes: string[];
	/** The status with which a callback is answered. */
	answer: (count: number) => number | Promise<number>;
	/** Waits until the condition holds for the callbacks so far. */
	until(
		condition: (callbacks: readonly ReceivedCallback[]) => boolean,
		timeoutMs?: number,
	): Promise<void>;
}

/** Receives webhooks. */
export async function startReceiver(test: Cleanup): Promise<Receiver> {
	const server = fastify();
	const receiver: { -readonly [Key in keyof Receiver]: Receiver[Key] } = {
		url: '',
		callbacks: [],
		probes: [],
		answer: () => 200,
		async until(condition, timeoutMs = 30_000) {
			const deadline = Date.now() + timeoutMs;
			while (!condition(receiver.callbacks)) {
				if (Date.now() > deadline) {
					throw new Error(`Not in time; received ${JSON.stringify(receiver.callbacks)}`);
				}
				await sleep(20);
			}
		},
	};
	server.get('*', async (request) => {
		receiver.probes.push(request.url);
		return 'here';
	});
	server.post<{ Body: ReceivedCallback['body'] }>('*', async (request, reply) => {
		const { headers, body } = request;
		const answered = await receiver.answer(receiver.callbacks.length + 1);
		receiver.callbacks.push({
			deliveryId: String(headers['x-delivery-id']),
			attempt: Number(headers['x-delivery-attempt']),
			body,
			answered,
		});
		return await reply.code(answered).send();
	});
	receiver.url = await server.listen({ host: '127.0.0.1', port: 0 });
	test.after(async () => await server.close());
	return receiver;
}
