import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

interface ChatRequest {
	messages?: ReadonlyArray<{ role: string; content?: unknown }>;
	tools?: ReadonlyArray<{
		function: { name: string; parameters?: { properties?: Record<string, unknown> } };
	}>;
}

/** A language model behind OpenAI's `/chat/completions`. */
export interface ChatModel {
	/** What a credential takes as base URL. */
	readonly baseUrl: string;
	/** The requests that it has answered. */
	readonly requests: readonly ChatRequest[];
	close(): void;
}

async function readJson(request: IncomingMessage): Promise<unknown> {
	const parts: Buffer[] = [];
	for await (const part of request) parts.push(part as Buffer);
	return JSON.parse(Buffer.concat(parts).toString() || '{}');
}

/** Calls every tool that it is offered once, with all its arguments set to `argument`, then repeats what they returned. */
function answer({ messages = [], tools = [] }: ChatRequest, argument: string): object {
	const results = messages.filter(({ role }) => role === 'tool');
	if (results.length > 0) {
		return { role: 'assistant', content: results.map(({ content }) => String(content)).join('\n') };
	}
	const calls = tools.map(({ function: { name, parameters } }, index) => ({
		id: `call_${index}`,
		type: 'function',
		function: {
			name,
			arguments: JSON.stringify(
				Object.fromEntries(Object.keys(parameters?.properties ?? {}).map((key) => [key, argument])),
			),
		},
	}));
	return { role: 'assistant', content: null, tool_calls: calls };
}

/**
 * Starts a stand-in for a language model, which needs no model: it uses all its tools once.
 * @param argument what it passes to them
 */
export async function startChatModel(argument: string): Promise<ChatModel> {
	const requests: ChatRequest[] = [];
	const server = createServer((request, response) => {
		void readJson(request).then((body) => {
			// The caller's shape is OpenAI's; only what is declared above is read.
			const chat = body as ChatRequest;
			requests.push(chat);
			const message = answer(chat, argument);
			response.setHeader('content-type', 'application/json').end(
				JSON.stringify({
					id: `chatcmpl-${requests.length}`,
					object: 'chat.completion',
					created: 0,
					model: 'stand-in',
					choices: [
						{
							index: 0,
							message,
							finish_reason: 'tool_calls' in message ? 'tool_calls' : 'stop',
						},
					],
					usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
				}),
			);
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		baseUrl: `http://127.0.0.1:${port}/v1`,
		requests,
		close: () => {
			server.closeAllConnections();
			server.close();
		},
	};
}
