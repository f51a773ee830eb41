import { quoteRedacted } from '../http/redaction';
import { statedReason } from '../http/reason';
import { formatOfExtension } from './formats';
import { extensionOf } from './names';

/** How many bytes tell what a file is. */
export const headBytes = 512;

const textOf = (head: Uint8Array): string =>
	new TextDecoder().decode(head.subarray(0, headBytes)).trimStart();

const html = /^<(?:!doctype html|html|head|body|script|title|meta|h1)\b/i;

/** Types whose files never begin like JSON or XML. */
const binaryType = /^(?:image\/(?!svg)|audio\/|video\/|application\/(?:pdf|zip)$)/;

/**
 * What came instead of a file: a page, or an error as JSON or XML; undefined if it may be the file. What its name promises
 * counts: a file without an extension may be JSON, but no result is a page unless it is called one.
 * @param head its first bytes
 */
export function otherThanFile(
	head: Uint8Array,
	name: string,
	secrets: readonly string[],
): string | undefined {
	const text = textOf(head);
	const extension = extensionOf(name);
	if (html.test(text) && !/^x?html?$/.test(extension)) return 'a web page';
	if (
		!binaryType.test(formatOfExtension(extension)?.type ?? '') ||
		!/^(?:[{<]|\[[\s"{[\]])/.test(text)
	) {
		return undefined;
	}
	const reason = statedReason(text, secrets);
	const kind = text.startsWith('<') ? 'XML' : 'JSON';
	return reason === undefined || reason.startsWith('[')
		? kind
		: `${kind} (${quoteRedacted(reason, secrets)})`;
}

const signatures: ReadonlyArray<readonly [type: string, pattern: RegExp]> = [
	['image/png', /^\u0089PNG/],
	['image/jpeg', /^\u00ff\u00d8\u00ff/],
	['image/gif', /^GIF8/],
	['image/webp', /^RIFF.{4}WEBP/s],
	['audio/wav', /^RIFF.{4}WAVE/s],
	['audio/mpeg', /^(?:ID3|\u00ff[\u00f3\u00fb])/],
	['audio/ogg', /^OggS/],
	['application/pdf', /^%PDF/],
];

/** The type of a file by its first bytes; undefined if it is none of those that models return. */
export function typeByContent(head: Uint8Array): string | undefined {
	const text = String.fromCharCode(...head.subarray(0, 16));
	return signatures.find(([, pattern]) => pattern.test(text))?.[0];
}
