import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** A tool as a language model sees it. */
interface OfferedTool {
	readonly name: string;
	readonly description: string;
	readonly parameters: unknown;
}

/** What an agent asks the language model. */
export interface ChatRequest {
	readonly tools: readonly OfferedTool[];
	/** The results of the tools that were called, in order, as text. */
	readonly toolResults: readonly string[];
}

/** The model's next answer: a text, or the call of a tool. */
type Turn =
	| { readonly say: string }
	| { readonly call: string; readonly args: Readonly<Record<string, unknown>> };

/** A fixed answer, or one that depends on what the agent asks. */
export type Script = ReadonlyArray<Turn | ((request: ChatRequest) => Turn)>;

/** The part of OpenAI's chat completions that n8n's agents use. */
interface Body {
	readonly stream?: boolean;
	readonly messages: ReadonlyArray<{ readonly role: string; readonly content: unknown }>;
	readonly tools?: ReadonlyArray<{ readonly function: OfferedTool }>;
}

/** A stand-in for an OpenAI-compatible server, which answers by a script. */
export class ChatModel {
	private script: Array<Script[number]> = [];
	/** Since the last script. */
	requests: ChatRequest[] = [];

	private constructor(private readonly server: ReturnType<typeof createServer>) {}

	static async start(): Promise<ChatModel> {
		const server = createServer();
		const model = new ChatModel(server);
		server.on('request', (request, response) => {
			model.answer(request, response).catch((error: unknown) => {
				response.writeHead(400, { 'content-type': 'application/json' });
				response.end(JSON.stringify({ error: { message: String(error) } }));
			});
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		return model;
	}

	get url(): string {
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
	}

	/** Answers the next requests in this order, and refuses more. */
	follow(script: Script): void {
		this.script = [...script];
		this.requests = [];
	}

	async close(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}

	private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		assert(request.url?.endsWith('/chat/completions'), `unexpected: ${String(request.url)}`);
		const { messages, tools = [], stream } = (await json(request)) as Body;
		const asked: ChatRequest = {
			tools: tools.map((tool) => tool.function),
			toolResults: messages.filter(({ role }) => role === 'tool').map((one) => textOf(one.content)),
		};
		this.requests.push(asked);
		const next = this.script.shift();
		assert(next !== undefined, 'the script has ended');
		const turn = typeof next === 'function' ? next(asked) : next;
		const message = toMessage(turn, this.requests.length);
		const finish = 'say' in turn ? 'stop' : 'tool_calls';
		const frame = { id: 'chat', created: 0, model: 'stand-in' };
		if (stream === true) {
			response.writeHead(200, { 'content-type': 'text/event-stream' });
			const chunk = (delta: object, reason: string | null) =>
				`data: ${JSON.stringify({ ...frame, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`;
			response.end(`${chunk(message, null)}${chunk({}, finish)}data: [DONE]\n\n`);
			return;
		}
		response.writeHead(200, { 'content-type': 'application/json' });
		response.end(
			JSON.stringify({
				...frame,
				object: 'chat.completion',
				choices: [{ index: 0, message, finish_reason: finish }],
				usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
			}),
		);
	}
}

const toMessage = (turn: Turn, count: number): object =>
	'say' in turn
		? { role: 'assistant', content: turn.say }
		: {
				role: 'assistant',
				content: null,
				tool_calls: [
					{
						index: 0,
						id: `call_${count}`,
						type: 'function',
						function: { name: turn.call, arguments: JSON.stringify(turn.args) },
					},
				],
			};

/** The content of a message: a text, or parts with texts. */
const textOf = (content: unknown): string =>
	Array.isArray(content)
		? content.map((part: { text?: string }) => part.text ?? '').join('')
		: String(content);
