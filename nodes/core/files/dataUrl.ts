import { MonsterApiError } from '../http/errors';
import { typeByContent } from './content';
import { extensionOfMime } from './names';

/** A file within an answer is held in memory several times, so it may have at most this many bytes. */
const maxDataBytes = 64 * 1024 * 1024;

/** Whether an address is a data: URL (RFC 2397), the file itself. */
export const isDataUrl = (address: string): boolean => /^data:/i.test(address);

/** The address for an error or a log: of a data: URL only its type. */
export const shortAddress = (address: string): string =>
	isDataUrl(address) ? `${address.slice(0, Math.min(address.indexOf(',') + 1, 100))}…` : address;

export const unreadableData = (advice: string): MonsterApiError =>
	new MonsterApiError('The result file within the answer could not be read', {
		advice,
		retryable: false,
	});

interface DecodedFile {
	readonly bytes: Uint8Array;
	readonly mimeType: string;
}

/** @throws MonsterApiError when it is malformed, empty or too large */
export function decodeDataUrl(url: string): DecodedFile {
	const comma = url.indexOf(',');
	if (comma < 0) throw unreadableData('It is not a complete data: URL.');
	// Of each four characters of Base64, three bytes remain.
	if ((url.length - comma) * 0.75 > maxDataBytes) {
		throw unreadableData(
			`It is larger than ${maxDataBytes / 1024 / 1024} MB. Set 'Download' to off.`,
		);
	}
	const label = url.slice('data:'.length, comma);
	const bytes = decode(url.slice(comma + 1), /;\s*base64\s*$/i.test(label));
	if (bytes === undefined) throw unreadableData('It is not valid Base64.');
	if (bytes.length === 0) throw unreadableData('It is empty.');
	const [declared = ''] = label.split(';');
	const mimeType =
		extensionOfMime(declared) === undefined ? typeByContent(bytes) : declared.trim().toLowerCase();
	return { bytes, mimeType: mimeType ?? (declared.trim() || 'application/octet-stream') };
}

function decode(payload: string, isBase64: boolean): Uint8Array | undefined {
	try {
		const text = payload.includes('%') ? decodeURIComponent(payload) : payload;
		if (!isBase64) return new TextEncoder().encode(text);
		return /^[\w+/\s=-]*$/.test(text) ? Buffer.from(text, 'base64') : undefined;
	} catch {
		return undefined;
	}
}
