import { isRecord, type JsonRecord } from '../core/json';
import type { FileLabel } from '../core/host';
import { extensionOf } from '../core/files/names';

/** A file as n8n describes it, with every field checked: Code nodes make such objects by hand. */
export interface BinaryFile extends FileLabel {
	readonly content: StoredContent | InlineContent;
}

interface StoredContent {
	readonly kind: 'stored';
	/** Where n8n's storage has it. */
	readonly id: string;
}

interface InlineContent {
	readonly kind: 'inline';
	/** Without blanks, line breaks and the prefix of a data URL. */
	readonly base64: string;
}

/** Why a value is no file, as a sentence without its period. */
interface Unreadable {
	readonly problem: string;
}

/** What n8n writes instead of the content of a file in its storage, beside the `id`. */
const storageModes = ['filesystem', 'filesystem-v2', 's3', 'azure', 'database'];

/** Reads n8n's description of a file. */
export function parseBinary(value: unknown): BinaryFile | Unreadable {
	if (!isRecord(value)) return { problem: 'It is not a binary object' };
	for (const field of ['id', 'mimeType', 'fileName', 'fileExtension', 'data']) {
		if (fieldOf(value, field) !== undefined && typeof value[field] !== 'string') {
			return { problem: `Its '${field}' is not a text` };
		}
	}
	const name = nameOf(value);
	const mimeType = stringOf(value, 'mimeType');
	const id = stringOf(value, 'id');
	if (id !== '') {
		return { name, mimeType: mimeType || octetStream, content: { kind: 'stored', id } };
	}
	if (fieldOf(value, 'data') === undefined) return { problem: "It has no 'data'" };
	const data = stringOf(value, 'data');
	if (storageModes.includes(data)) return { problem: "Its 'id' is missing" };
	const { base64, type } = withoutPrefix(data);
	if (base64 === undefined || !isBase64(base64)) return { problem: "Its 'data' is not Base64" };
	return {
		name,
		mimeType: mimeType || type || octetStream,
		content: { kind: 'inline', base64 },
	};
}

const octetStream = 'application/octet-stream';

/** A field as it is; null counts as missing. */
const fieldOf = (record: JsonRecord, field: string): unknown =>
	Object.hasOwn(record, field) ? (record[field] ?? undefined) : undefined;

const stringOf = (record: JsonRecord, field: string): string => {
	const value = fieldOf(record, field);
	return typeof value === 'string' ? value : '';
};

function nameOf(record: JsonRecord): string {
	const name = stringOf(record, 'fileName') || 'file';
	if (extensionOf(name) !== '') return name;
	const extension = extensionOf(`file.${stringOf(record, 'fileExtension').replace(/^\./, '')}`);
	return extension === '' ? name : `${name}.${extension}`;
}

/** The Base64 text without blanks and without the prefix of a data URL, whose type may be the only one that is known. */
function withoutPrefix(data: string): { base64: string | undefined; type: string } {
	const text = /\s/.test(data) ? data.replaceAll(/\s+/g, '') : data;
	if (!/^data:/i.test(text)) return { base64: text, type: '' };
	const comma = text.indexOf(',');
	const header = text.slice('data:'.length, Math.max(comma, 0));
	return {
		base64: /;base64$/i.test(header) ? text.slice(comma + 1) : undefined,
		type: header.split(';')[0] ?? '',
	};
}

/** Whether all of it is Base64: a decoder skips what is not, and the file would have other bytes. */
function isBase64(text: string): boolean {
	const end = text.indexOf('=');
	const padding = end === -1 ? '' : text.slice(end);
	// Not as one expression of the whole: on a long text it would need more stack than there is.
	const isClean = !/[^\w+/=-]/.test(text) && ['', '=', '=='].includes(padding);
	return isClean && (text.length - padding.length) % 4 !== 1;
}
