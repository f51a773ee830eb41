import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Hook {
	readonly url: string;
	readonly secret_token: string;
}

interface SentMessage {
	readonly chat_id: string;
	readonly text: string;
}

/** Telegram's Bot API with one bot and one voice note. */
export interface Telegram {
	/** What a credential takes as base URL. */
	readonly baseUrl: string;
	/** The webhook of the bot, while there is one. */
	hook(): Hook | undefined;
	/** What the bot has sent. */
	readonly sent: readonly SentMessage[];
	/** Delivers a message to the bot. @returns the HTTP status */
	deliver(message: object): Promise<number>;
	close(): void;
}

/** @param voice the voice note's file */
export async function startTelegram(voice: Uint8Array): Promise<Telegram> {
	let hook: Hook | undefined;
	const sent: SentMessage[] = [];
	const answers: Readonly<Record<string, (body: string) => unknown>> = {
		getWebhookInfo: () => ({ url: hook?.url ?? '' }),
		setWebhook: (body) => {
			hook = JSON.parse(body) as Hook;
			return true;
		},
		deleteWebhook: () => {
			hook = undefined;
			return true;
		},
		getFile: () => ({ file_id: 'voice', file_path: 'voice/file_7.oga' }),
		sendMessage: (body) => {
			sent.push(JSON.parse(body) as SentMessage);
			return { message_id: 2 };
		},
	};
	const server = createServer((request, response) => {
		const { pathname } = new URL(request.url ?? '/', 'http://localhost');
		if (pathname.startsWith('/file/bot')) {
			response.setHeader('content-type', 'application/octet-stream').end(voice);
			return;
		}
		const parts: Buffer[] = [];
		request.on('data', (part: Buffer) => parts.push(part));
		request.on('end', () => {
			const work = answers[pathname.split('/').at(-1) ?? ''];
			const ok = work !== undefined;
			const result = work?.(Buffer.concat(parts).toString());
			response
				.writeHead(ok ? 200 : 404, { 'content-type': 'application/json' })
				.end(JSON.stringify({ ok, result }));
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		baseUrl: `http://127.0.0.1:${port}`,
		hook: () => hook,
		sent,
		async deliver(message) {
			if (hook === undefined) throw new Error('the bot has no webhook');
			const response = await fetch(hook.url, {
				method: 'POST',
				body: JSON.stringify({ update_id: 1, message }),
				headers: {
					'content-type': 'application/json',
					'x-telegram-bot-api-secret-token': hook.secret_token,
					connection: 'close',
				},
			});
			return response.status;
		},
		close: () => {
			server.closeAllConnections();
			server.close();
		},
	};
}
