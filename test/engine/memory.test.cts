import { createHash, randomBytes } from 'node:crypto';

import { binaryOf, bytesOf } from '../support/engine/engine.cjs';
import { useSession } from '../support/engine/session.cjs';

/* N8N_DEFAULT_BINARY_DATA_MODE=default: binaries live in the item itself. */
const session = useSession('default');
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

test.each([
	['within the call', 4_000_000, 'part'],
	['by an upload link', 12_000_000, 'url'],
])('a file goes in %s', async (_name, size, source) => {
	const bytes = randomBytes(size);
	const binary = await binaryOf(bytes, 'talk.mp3', 'audio/mpeg');
	expect(binary.id).toBeUndefined();
	const { error } = await session.run(
		{ resource: 'model', operation: 'transcribe', model: 'whisper' },
		{ items: [{ json: {}, binary: { data: binary } }] },
	);
	expect(error).toBeUndefined();
	const [job] = [...session.emulator.state.jobs.values()];
	expect(job?.file).toMatchObject({ source, size, sha256: sha256(bytes) });
});

test('a file comes out', async () => {
	const { items } = await session.run({
		resource: 'model',
		operation: 'generateImage',
		model: 'txt2img',
		prompt: 'A boat',
	});
	expect(items[0]?.binary?.['data']?.id).toBeUndefined();
	expect((await bytesOf(items[0])).subarray(1, 4).toString()).toBe('PNG');
});
