import type { IBinaryData } from 'n8n-workflow';

import { openFile, type FileContext } from '../../../nodes/host/files';

const bytes = Buffer.from('A recording.');

/** n8n's helpers for a file that stands in the item itself. */
function inMemory() {
	const decoded: string[] = [];
	const binary: IBinaryData = { data: bytes.toString('base64'), mimeType: 'audio/wav' };
	const helpers: Partial<FileContext['helpers']> = {
		assertBinaryData: () => binary,
		getBinaryDataBuffer: async () => {
			decoded.push('data');
			return await Promise.resolve(bytes);
		},
	};
	return { decoded, context: { helpers } as FileContext };
}

test('a file that n8n holds in memory is decoded only when it is sent', async () => {
	const { decoded, context } = inMemory();
	const file = await openFile(context, 0, 'data');
	expect(file.size).toBe(bytes.length);
	expect(decoded).toEqual([]);
	expect(await file.read()).toEqual(bytes);
	expect(await file.open()).toEqual(bytes);
});
