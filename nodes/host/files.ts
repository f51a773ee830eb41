import { ApplicationError, type IBinaryData, type IExecuteFunctions } from 'n8n-workflow';

import { isRecord, textOf, type JsonRecord } from '../core/json';
import type { ByteStream, FileLabel, SourceFile } from '../core/host';

/** The part of n8n's execute context that holds files. */
export type FileContext = Pick<IExecuteFunctions, 'helpers'>;

const chunkBytes = 256 * 1024;

/**
 * Opens a binary of an input item in whichever way n8n keeps it: on disk, in a database, in memory, or inside `json`
 * (combined mode).
 * @throws NodeOperationError of n8n when the item has no such binary
 */
export async function openFile(
	{ helpers }: FileContext,
	itemIndex: number,
	given: unknown,
): Promise<SourceFile> {
	const property = isRecord(given) ? toBinary(given) : String(given);
	const binary = helpers.assertBinaryData(itemIndex, property);
	const { id } = binary;
	const label = { name: nameOf(binary), mimeType: binary.mimeType };
	const read = async () => await helpers.getBinaryDataBuffer(itemIndex, property);
	if (id === undefined) {
		// It stands in the item as Base64. Decoded only when it is sent: many items may wait for that at the same time.
		return { ...label, size: sizeOf(binary.data), read, open: read };
	}
	// n8n notes the size of an item's file beside its id. Where it has not, or an expression gave the file, the stored size
	// counts: a large file that says it is small would be held in memory whole.
	const noted = isRecord(given) ? undefined : binary.bytes;
	return {
		...label,
		size: noted ?? (await helpers.getBinaryMetadata(id)).fileSize,
		read,
		open: async () => await helpers.getBinaryStream(id, chunkBytes),
	};
}

/** Bytes behind a Base64 text. Line breaks in it, as some tools make them, are no content. */
const sizeOf = (base64: string): number =>
	Buffer.byteLength(/\s/.test(base64) ? base64.replaceAll(/\s+/g, '') : base64, 'base64');

/** The binary object that an expression gave; n8n itself says what is wrong with one that is none. */
const toBinary = (given: JsonRecord): IBinaryData => ({
	...given,
	data: textOf(given, 'data') ?? '',
	mimeType: textOf(given, 'mimeType') ?? 'application/octet-stream',
});

function nameOf({ fileName, fileExtension }: IBinaryData): string {
	const name = fileName ?? 'file';
	return name.includes('.') || fileExtension === undefined || fileExtension === ''
		? name
		: `${name}.${fileExtension}`;
}

/** Stores a stream as n8n's binary data, under its true name and type. */
export async function saveFile(
	{ helpers }: { readonly helpers: Pick<IExecuteFunctions['helpers'], 'prepareBinaryData'> },
	stream: ByteStream,
	{ name, mimeType }: FileLabel,
): Promise<IBinaryData> {
	return await helpers.prepareBinaryData(asReadable(stream), name, mimeType);
}

type Readable = Awaited<ReturnType<IExecuteFunctions['helpers']['getBinaryStream']>>;

/** The stream that n8n's HTTP helper gave is what its binary helper takes; core only knows less of it. */
function asReadable(stream: ByteStream): Readable {
	if (isReadable(stream)) return stream;
	throw new ApplicationError('The download is not a stream that n8n can store');
}

const isReadable = (stream: ByteStream): stream is ByteStream & Readable =>
	'readableFlowing' in stream && 'read' in stream;
