import { ApplicationError, type IBinaryData, type IExecuteFunctions } from 'n8n-workflow';

import { validationError, type MonsterApiError } from '../core/http/errors';
import type { ByteStream, FileLabel, SourceFile } from '../core/host';
import { parseBinary } from './binaryData';
import { findFile, type FileContext, type FoundFile } from './itemFiles';

export type { FileContext };

const chunkBytes = 256 * 1024;

/**
 * Opens binary data of an input item, wherever n8n stores it: on disk, in a database, in memory, or inside `json` (combined
 * mode).
 * @param source the name of a binary field, or the file itself, which an expression can return
 * @throws MonsterApiError when the item has no such file, or it is not one that n8n can read
 */
export async function openFile(
	context: FileContext,
	itemIndex: number,
	source: unknown,
): Promise<SourceFile> {
	const { helpers } = context;
	const found = findFile(context, itemIndex, source);
	const file = parseBinary(found.value);
	if ('problem' in file) throw unreadable(found, file.problem);
	const { name, mimeType, content } = file;
	if (content.kind === 'inline') {
		// Decoded only when it is sent: many items may be waiting for that.
		const read = async () => await Promise.resolve(Buffer.from(content.base64, 'base64'));
		const size = Buffer.byteLength(content.base64, 'base64');
		return { name, mimeType, size, read, open: read };
	}
	const { id } = content;
	const inStorage = async <T>(access: Promise<T>): Promise<T> =>
		await access.catch(async () =>
			Promise.reject(unreadable(found, 'n8n’s storage does not have it')),
		);
	// Not the size that the item claims: a file of another size would be cut off, or loaded into memory as a whole.
	const { fileSize } = await inStorage(helpers.getBinaryMetadata(id));
	return {
		name,
		mimeType,
		size: fileSize,
		read: async () =>
			await inStorage(helpers.getBinaryDataBuffer(itemIndex, { id, mimeType, data: '' })),
		open: async () => await inStorage(helpers.getBinaryStream(id, chunkBytes)),
	};
}

const unreadable = ({ place, advice }: FoundFile, problem: string): MonsterApiError =>
	validationError(`The file in ${place} is not one that n8n can read`, `${problem}. ${advice()}`);

/** Stores a stream, or bytes, as n8n's binary data. */
export async function saveFile(
	{ helpers }: { readonly helpers: Pick<IExecuteFunctions['helpers'], 'prepareBinaryData'> },
	content: ByteStream | Uint8Array,
	{ name, mimeType }: FileLabel,
): Promise<IBinaryData> {
	const data = content instanceof Uint8Array ? Buffer.from(content) : asReadable(content);
	return await helpers.prepareBinaryData(data, name, mimeType);
}

type Readable = Awaited<ReturnType<IExecuteFunctions['helpers']['getBinaryStream']>>;

/** n8n's HTTP helper returns what its binary helper takes; core's type is narrower. */
function asReadable(stream: ByteStream): Readable {
	if (isReadable(stream)) return stream;
	throw new ApplicationError('The download is not a stream that n8n can store');
}

const isReadable = (stream: ByteStream): stream is ByteStream & Readable =>
	'readableFlowing' in stream && 'read' in stream;
