import { connect } from 'node:net';

const portOf = (url: string): number => Number(new URL(url).port);

/** Sends bytes as they are and gives the first line of the answer; `closed` when there was none. */
export const rawRequest = async (url: string, request: string): Promise<string> =>
	await new Promise((resolve, reject) => {
		const socket = connect(portOf(url), '127.0.0.1', () => socket.write(request));
		socket.once('data', (data) => {
			resolve(String(data).split('\r\n')[0] ?? '');
			socket.destroy();
		});
		socket.once('error', reject);
		socket.once('close', () => resolve('closed'));
	});

export interface DripOptions {
	/** Between two bytes after the head; 0 sends none. */
	readonly intervalMs?: number;
	/** False: answers are left unread. */
	readonly reads?: boolean;
}

/** Sends the head, then a byte now and then, until the server cuts the connection; gives what it answered. */
export const drip = async (
	url: string,
	head: string,
	{ intervalMs = 100, reads = true }: DripOptions = {},
): Promise<string> =>
	await new Promise((resolve) => {
		let answer = '';
		const socket = connect(portOf(url), '127.0.0.1', () => socket.write(head));
		const timer = intervalMs > 0 ? setInterval(() => socket.write('x'), intervalMs) : undefined;
		socket.on('error', () => {});
		if (reads) socket.on('data', (data) => (answer += String(data)));
		socket.once('close', () => {
			clearInterval(timer);
			resolve(answer);
		});
	});
