import { open } from 'node:fs/promises';
import type { Writable } from 'node:stream';

const bufferBytes = 512 * 1024;

/**
 * Writes `length` bytes of a file, from byte `start` on, and leaves the target open. Two buffers take turns, one read while
 * the other is sent: a new one for each piece, as a stream makes it, costs more in garbage collection than the sending.
 * @throws Error when the target is closed before its time, or the file is shorter
 */
export async function writeRange(
	path: string,
	start: number,
	length: number,
	target: Writable,
): Promise<void> {
	const file = await open(path);
	try {
		let buffer = Buffer.allocUnsafeSlow(Math.min(length, bufferBytes));
		let other = Buffer.allocUnsafeSlow(Math.min(length, bufferBytes));
		let sending: Promise<void> | undefined;
		for (let sent = 0; sent < length; ) {
			const reading = file.read(buffer, 0, Math.min(length - sent, bufferBytes), start + sent);
			// Both are over before the next round, whatever fails: a buffer is never in two hands.
			const [{ bytesRead }] = await Promise.all([reading, sending]);
			if (bytesRead === 0) throw new Error(`${path} has become shorter`);
			sending = written(target, buffer.subarray(0, bytesRead));
			[buffer, other] = [other, buffer];
			sent += bytesRead;
		}
		await sending;
	} finally {
		await file.close();
	}
}

async function written(target: Writable, chunk: Buffer): Promise<void> {
	await new Promise<void>((resolve, reject) => {
		// A response whose connection is lost forgets what it has not sent.
		const onClose = (): void => reject(new Error('The connection was closed'));
		target.once('close', onClose);
		target.write(chunk, (error) => {
			target.off('close', onClose);
			if (error) reject(error);
			else resolve();
		});
	});
}
