import type { Cleanup } from './cleanup.mts';
import fastify from 'fastify';

export interface Reply {
	readonly status?: number;
	readonly text?: string;
	readonly headers?: Record<string, string>;
}

export interface StandInEngine {
	/** With /v1. */
	readonly url: string;
	/** The prompts in the order in which they came. */
	readonly prompts: string[];
	/** How many requests were under way at the same time at most. */
	readonly maxConcurrent: () => number;
	/** How many are under way now. */
	readonly running: () => number;
	/** What the next requests are answered; by default the prompt comes back. */
	answer: (prompt: string, count: number) => Reply | Promise<Reply>;
}

/** An OpenAI-compatible text engine whose answers the test decides. */
export async function startStandInEngine(test: Cleanup, port = 0): Promise<StandInEngine> {
	const server = fastify();
	const prompts: string[] = [];
	let running = 0;
	let most = 0;
	const engine: { -readonly [Key in keyof StandInEngine]: StandInEngine[Key] } = {
		url: '',
		prompts,
		maxConcurrent: () => most,
		running: () => running,
		answer: (prompt) => ({ text: `echo ${prompt}` }),
	};
	server.get('/v1/models', async () => ({ data: [{ id: 'stand-in' }] }));
	server.post<{ Body: { messages: { content: string }[]; stream?: boolean } }>(
		'/v1/chat/completions',
		async (request, reply) => {
			const prompt = request.body.messages.at(-1)?.content ?? '';
			prompts.push(prompt);
			running += 1;
			most = Math.max(most, running);
			const { status = 200, text = '', headers = {} } = await engine.answer(prompt, prompts.length);
			running -= 1;
			void reply.code(status).headers(headers);
			if (request.body.stream === true) {
				void reply.type('text/event-stream');
				return `data: {"choices":[{"delta":{"content":"${text}"}}]}\n\ndata: [DONE]\n\n`;
			}
			if (status !== 200) return { error: { message: text } };
			return { choices: [{ message: { role: 'assistant', content: text } }] };
		},
	);
	server.post<{ Body: { prompt: string } }>('/v1/completions', async (request) => {
		const { text = '' } = await engine.answer(
			request.body.prompt,
			prompts.push(request.body.prompt),
		);
		return { choices: [{ text }] };
	});
	engine.url = `${await server.listen({ host: '127.0.0.1', port })}/v1`;
	test.after(async () => await server.close());
	return engine;
}

/** A configuration in which the stand-in answers zephyr-7b-beta. */
export function textEngineConfig(url: string, engine: Record<string, unknown> = {}) {
	return {
		engines: { llm: { driver: 'openai-chat', url, model: 'stand-in', slots: 2, ...engine } },
		models: { 'zephyr-7b-beta': { engine: 'llm' } },
	};
}
