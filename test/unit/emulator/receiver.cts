import http from 'node:http';
import { text } from 'node:stream/consumers';

/** A request as it reached the receiver. */
interface Received {
	readonly method: string;
	readonly path: string;
	readonly contentType: string | undefined;
	readonly contentLength: string | undefined;
	readonly authorization: string | undefined;
	readonly body: string;
}

type Json = Readonly<Record<string, unknown>>;

/** A small server that receives callbacks, as a workflow tool does. */
export interface Receiver {
	readonly url: string;
	readonly received: Received[];
	/** Requests that are not answered yet, and the most there were at once. */
	open: number;
	peak: number;
	/** Answers are held back until this many can be given together, which proves that as many were sent at once. */
	together: number;
	/** Statuses of the next answers, 200 when used up; `hang` never answers. */
	readonly answers: Array<number | 'hang'>;
	/** Bodies so far, as JSON. */
	bodies(): Json[];
	close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
	const held: Array<() => void> = [];
	const server = http.createServer((request, response) => {
		receiver.open += 1;
		receiver.peak = Math.max(receiver.peak, receiver.open);
		response.once('close', () => (receiver.open -= 1));
		void text(request).then((body) => {
			const { headers, method = '', url: path = '' } = request;
			receiver.received.push({
				method,
				path,
				contentType: headers['content-type'],
				contentLength: headers['content-length'],
				authorization: headers.authorization,
				body,
			});
			const status = receiver.answers.shift() ?? 200;
			if (status !== 'hang') held.push(() => response.writeHead(status).end(`said ${status}`));
			if (held.length >= receiver.together) for (const answer of held.splice(0)) answer();
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('no port');
	const receiver: Receiver = {
		url: `http://127.0.0.1:${address.port}/hook?token=t`,
		received: [],
		open: 0,
		peak: 0,
		together: 1,
		answers: [],
		bodies: () => receiver.received.map(({ body }) => JSON.parse(body) as Json),
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
	return receiver;
}
