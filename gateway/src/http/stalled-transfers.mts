import type { FastifyInstance } from 'fastify';

/** What a transfer has to move in each window: a kilobyte a second in windows of a minute. */
const minBytes = 64 * 1024;

/** Cuts off transfers, in and out, that stand still or move at a crawl. `windowMs`: how long that is watched. */
export function limitStalls(files: FastifyInstance, windowMs: number): void {
	files.addHook('onRequest', async ({ raw: { socket } }, reply) => {
		const moved = (): number => socket.bytesRead + socket.bytesWritten;
		let before = moved();
		const timer = setInterval(() => {
			if (moved() - before < minBytes) socket.destroy();
			before = moved();
		}, windowMs);
		reply.raw.once('close', () => clearInterval(timer));
	});
}
