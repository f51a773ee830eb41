import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError, type EngineFile, type EngineJob } from '../engine.mts';

interface ImageType {
	readonly extension: string;
	readonly mimeType: string;
	readonly matches: (data: Buffer) => boolean;
}

const startsWith =
	(text: string, at = 0) =>
	(data: Buffer) =>
		data.toString('latin1', at, at + text.length) === text;

const imageTypes: readonly ImageType[] = [
	{ extension: 'png', mimeType: 'image/png', matches: startsWith('\x89PNG') },
	{ extension: 'jpg', mimeType: 'image/jpeg', matches: startsWith('\xff\xd8\xff') },
	{ extension: 'webp', mimeType: 'image/webp', matches: startsWith('WEBP', 8) },
	{ extension: 'gif', mimeType: 'image/gif', matches: startsWith('GIF8') },
];

/** Writes an engine's images, whose format is read from the data themselves, into the job's folder. */
export async function saveImages(
	job: EngineJob,
	images: readonly Buffer[],
): Promise<readonly EngineFile[]> {
	if (images.length === 0) throw new EngineError('The engine answered without an image', 'failed');
	return await Promise.all(
		images.map(async (data, index) => {
			const type = imageTypes.find(({ matches }) => matches(data));
			if (type === undefined) {
				throw new EngineError('The engine answered with something that is no image', 'failed');
			}
			const name = `image-${index}.${type.extension}`;
			const path = join(job.workFolder, name);
			await writeFile(path, data, { flag: 'wx' });
			return { path, name, mimeType: type.mimeType, size: data.byteLength };
		}),
	);
}

/** Base64 as engines send it, with or without the `data:` prefix. */
export const decodeImage = (base64: string): Buffer =>
	Buffer.from(base64.replace(/^data:[^,]*,/, ''), 'base64');
