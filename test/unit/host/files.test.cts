import type { IBinaryData } from 'n8n-workflow';

import { openFile, type FileContext } from '../../../nodes/host/files';

const bytes = Buffer.from('A recording.');

/** n8n's helpers for a file inside the item itself. */
function inMemory(data = bytes.toString('base64')): FileContext {
	const binary: IBinaryData = { data, mimeType: 'audio/wav' };
	const helpers: Partial<FileContext['helpers']> = { assertBinaryData: () => binary };
	return { helpers } as FileContext;
}

afterEach(() => jest.restoreAllMocks());

test('a file in memory is decoded only when it is sent', async () => {
	const context = inMemory();
	const decode = jest.spyOn(Buffer, 'from');
	const file = await openFile(context, 0, 'data');
	expect(file.size).toBe(bytes.length);
	expect(decode).not.toHaveBeenCalled();
	expect(await file.read()).toEqual(bytes);
	expect(await file.open()).toEqual(bytes);
});

test.each([
	[bytes.toString('base64').replaceAll(/.{4}/g, '$&\r\n'), bytes.length],
	['\n\n', 0],
])('line breaks are no part of a file: %j', async (data, size) => {
	expect((await openFile(inMemory(data), 0, 'data')).size).toBe(size);
});

test('a file of 60 MB in memory is checked without running out of stack', async () => {
	const large = Buffer.alloc(60_000_000, 'sound').toString('base64');
	expect((await openFile(inMemory(large), 0, 'data')).size).toBe(60_000_000);
	await expect(openFile(inMemory(`${large}!`), 0, 'data')).rejects.toThrow(
		"The file in field 'data' is not one that n8n can read",
	);
});

test('a file that vanishes from n8n’s storage before it is sent is no other file', async () => {
	const gone = async () => await Promise.reject(new Error('File not found: /secret/path'));
	const helpers: Partial<FileContext['helpers']> = {
		assertBinaryData: () => ({ id: 'filesystem-v2:x', data: 'filesystem-v2', mimeType: 'a/b' }),
		getBinaryMetadata: async () => await Promise.resolve({ fileSize: 5 }),
		getBinaryDataBuffer: gone,
		getBinaryStream: gone,
	};
	const file = await openFile({ helpers } as FileContext, 0, 'data');
	const message = "The file in field 'data' is not one that n8n can read";
	await expect(file.read()).rejects.toThrow(message);
	await expect(file.open()).rejects.toThrow(message);
});
