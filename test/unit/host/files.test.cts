import type { IBinaryData } from 'n8n-workflow';

import { openFile, type FileContext } from '../../../nodes/host/files';

const bytes = Buffer.from('A recording.');

/** n8n's helpers for a file inside the item itself. */
function inMemory(data = bytes.toString('base64')) {
	const decoded: string[] = [];
	const binary: IBinaryData = { data, mimeType: 'audio/wav' };
	const helpers: Partial<FileContext['helpers']> = {
		assertBinaryData: () => binary,
		getBinaryDataBuffer: async () => {
			decoded.push('data');
			return await Promise.resolve(bytes);
		},
	};
	return { decoded, context: { helpers } as FileContext };
}

test('a file in memory is decoded only when it is sent', async () => {
	const { decoded, context } = inMemory();
	const file = await openFile(context, 0, 'data');
	expect(file.size).toBe(bytes.length);
	expect(decoded).toEqual([]);
	expect(await file.read()).toEqual(bytes);
	expect(await file.open()).toEqual(bytes);
});

test.each([
	[bytes.toString('base64').replaceAll(/.{4}/g, '$&\r\n'), bytes.length],
	['\n\n', 0],
])('line breaks are no part of a file: %j', async (data, size) => {
	expect((await openFile(inMemory(data).context, 0, 'data')).size).toBe(size);
});
