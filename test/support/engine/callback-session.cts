import type { IDataObject } from 'n8n-workflow';

import { listen, type Listener } from './callbacks.cjs';
import { textOf } from './engine.cjs';
import { apiKey, type Session } from './session.cjs';

export interface Sent {
	/** The registered URL when left out. */
	readonly to?: string;
	readonly method?: string;
	/** null for none. */
	readonly contentType?: string | null;
}

let hooks = 0;

/** A registered trigger for each test, and what a sender does to it. */
export function useCallbacks(session: Session) {
	let current: Listener | undefined;
	const callbacks = {
		get listener(): Listener {
			if (current === undefined) throw new Error('No trigger listens yet');
			return current;
		},
		/** Its memory is its own. */
		async start(parameters: IDataObject = {}): Promise<void> {
			current = await listen({
				credential: { apiKey, baseUrl: session.emulator.baseUrl },
				parameters: { webhookName: 'mine', ...parameters },
				settings: { webhookId: `callback-${++hooks}` },
			});
			await current.hook('create');
			session.emulator.state.requests.length = 0;
		},
		url: () => session.emulator.state.webhooks.get('mine')?.webhook_url ?? '',
		/** A job that the API knows, finished unless the emulator's settings say otherwise. */
		async job(prompt = 'Hello', more: IDataObject = {}): Promise<string> {
			const { items } = await session.run({
				resource: 'model',
				operation: 'generateText',
				model: 'falcon-7b-instruct',
				prompt,
				waitForCompletion: false,
				...more,
			});
			const id = textOf(items[0], 'process_id');
			await session.settled(id);
			session.emulator.state.requests.length = 0;
			return id;
		},
		/** @returns the HTTP status of the answer */
		async send(body: unknown, { to, method = 'POST', contentType }: Sent = {}): Promise<number> {
			// As bytes, since a text would bring a content type of its own.
			const bytes = new TextEncoder().encode(
				typeof body === 'string' ? body : JSON.stringify(body),
			);
			const response = await fetch(to ?? callbacks.url(), {
				method,
				...(body === undefined ? {} : { body: bytes }),
				headers: contentType === null ? {} : { 'content-type': contentType ?? 'application/json' },
			});
			await response.text();
			return response.status;
		},
		/** Nothing was started, nothing is recorded as failed, and the API saw these calls only. */
		expectNothing(...calls: string[]): void {
			expect(callbacks.listener.started).toEqual([]);
			expect(callbacks.listener.failures).toEqual([]);
			expect(session.calls()).toEqual(calls);
		},
	};
	afterEach(async () => await current?.close());
	return callbacks;
}

/** What MonsterAPI sends when a job changes. */
export const callbackOf = (process_id: string, status = 'COMPLETED') => ({
	process_id,
	model_name: 'falcon-7b-instruct',
	status,
	result: { text: 'forged' },
});
