import { ApplicationError, type IBinaryData, type IExecuteFunctions } from 'n8n-workflow';

import { isRecord, textOf, type JsonRecord } from '../core/json';
import type { ByteStream, FileLabel, SourceFile } from '../core/host';

/** The part of n8n's execute context that has the file helpers. */
export type FileContext = Pick<IExecuteFunctions, 'helpers'>;

const chunkBytes = 256 * 1024;

/**
 * Opens binary data of an input item, wherever n8n stores it: on disk, in a database, in memory, or inside `json` (combined
 * mode).
 * @throws n8n's NodeOperationError when the item has no such binary data
 */
export async function openFile(
	{ helpers }: FileContext,
	itemIndex: number,
	source: unknown,
): Promise<SourceFile> {
	const property = isRecord(source) ? toBinaryData(source) : String(source);
	const binary = helpers.assertBinaryData(itemIndex, property);
	const { id } = binary;
	const label = { name: nameOf(binary), mimeType: binary.mimeType };
	const read = async () => await helpers.getBinaryDataBuffer(itemIndex, property);
	if (id === undefined) {
		// The item contains it as Base64, which is decoded only when it is sent: many items may be waiting for that.
		return { ...label, size: sizeOf(binary.data), read, open: read };
	}
	// n8n stores the size of an item's file beside its ID. If it is missing, or an expression returned the file, the actual
	// size is read: a large file that claims to be small would be loaded into memory.
	const knownSize = isRecord(source) ? undefined : binary.bytes;
	return {
		...label,
		size: knownSize ?? (await helpers.getBinaryMetadata(id)).fileSize,
		read,
		open: async () => await helpers.getBinaryStream(id, chunkBytes),
	};
}

/** The number of bytes in a Base64 string, ignoring line breaks, which some tools add. */
const sizeOf = (base64: string): number =>
	Buffer.byteLength(/\s/.test(base64) ? base64.replaceAll(/\s+/g, '') : base64, 'base64');

/** The binary data that an expression returned; n8n itself reports what is wrong with it. */
const toBinaryData = (record: JsonRecord): IBinaryData => ({
	...record,
	data: textOf(record, 'data') ?? '',
	mimeType: textOf(record, 'mimeType') ?? 'application/octet-stream',
});

function nameOf({ fileName, fileExtension }: IBinaryData): string {
	const name = fileName ?? 'file';
	return name.includes('.') || fileExtension === undefined || fileExtension === ''
		? name
		: `${name}.${fileExtension}`;
}

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
