import { Readable } from 'node:stream';
import { createGzip, createGunzip } from 'node:zlib';

import { readText } from '../../../nodes/host/readText';

const of = (...chunks: Array<string | Buffer>) =>
	Readable.from(chunks.map((chunk) => Buffer.from(chunk)));

test.each([
	['nothing', of(), ''],
	['several chunks', of('ab', 'cd'), 'abcd'],
	['a character in two chunks', of(Buffer.from([0xc3]), Buffer.from([0xa4])), 'ä'],
	['a byte order mark', of('\ufeff{}'), '{}'],
	['as much as it may have', of('1234567890'), '1234567890'],
	['more than it may have', of('1234567890', '1'), undefined],
])('%s', async (_name, stream, expected) => {
	await expect(readText(stream, 10)).resolves.toBe(expected);
});

test('of a compressed answer only the beginning is decompressed', async () => {
	let sent = 0;
	const endless = new Readable({
		read() {
			sent += 65_536;
			this.push(Buffer.alloc(65_536));
		},
	});
	const stream = endless.pipe(createGzip()).pipe(createGunzip());
	await expect(readText(stream, 1_000_000)).resolves.toBeUndefined();
	expect(stream.destroyed).toBe(true);
	expect(sent).toBeLessThan(60_000_000);
	endless.destroy();
});

test('an answer that breaks off is no answer', async () => {
	const broken = new Readable({ read: () => undefined });
	const read = readText(broken, 10);
	broken.push('12');
	setImmediate(() => broken.destroy());
	await expect(read).rejects.toMatchObject({ code: 'ECONNRESET' });
	const failed = new Readable({ read: () => undefined });
	const failedRead = readText(failed, 10);
	failed.destroy(Object.assign(new Error('incorrect header check'), { code: 'Z_DATA_ERROR' }));
	await expect(failedRead).rejects.toMatchObject({ code: 'Z_DATA_ERROR' });
});
