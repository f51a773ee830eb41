import { formatOfExtension, formatOfType, type Format } from './formats';
import { wellFormed, withoutInvisible } from '../text';
import { trimEndOf } from '../trimEndOf';

/** The MIME type in lower case without its parameters; empty if it is none. */
const essence = (mimeType: string): string => {
	const type = (mimeType.split(';')[0] ?? '').trim().toLowerCase();
	return /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/.test(type) ? type : '';
};

/** MIME types that say nothing about the content. */
const genericMime = new Set([
	'',
	'application/octet-stream',
	'application/x-download',
	'application/force-download',
	'binary/octet-stream',
	'text/plain',
]);

/**
 * The extension in lower case without its dot; empty if there is none. It has 1 to 5 letters or digits, not digits only: what
 * follows a dot in a date, a time or a sentence is none.
 */
export function extensionOf(name: string): string {
	const dot = name.lastIndexOf('.');
	const extension = dot > 0 ? name.slice(dot + 1).toLowerCase() : '';
	return /^(?!\d+$)[a-z\d]{1,5}$/.test(extension) ? extension : '';
}

/** The format of a MIME type, which may have parameters; undefined if it is unknown. */
export const formatOfMime = (mimeType: string): Format | undefined =>
	formatOfType(essence(mimeType));

export const extensionOfMime = (mimeType: string): string | undefined =>
	formatOfMime(mimeType)?.extensions[0];

/** The declared MIME type, or that of the extension if the declared one is generic. */
export function mimeFor(name: string, declared: string): string {
	const type = essence(declared);
	if (!genericMime.has(type)) return type;
	const known = formatOfExtension(extensionOf(name))?.type;
	return known ?? (type === '' ? 'application/octet-stream' : type);
}

const maxNameLength = 200;

/** Devices of Windows, whatever their extension. */
const reservedName = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * The last segment of a path as a file name that any system can store: at most 200 characters, none of them invisible, no
 * dots or blanks at its end. Quotes, umlauts and emoji are kept. Empty if nothing is left, as of `..`.
 */
export function safeFileName(path: string): string {
	const visible = withoutInvisible(wellFormed(path.split(/[/\\]/).pop() ?? '')).trim();
	let end = visible.length;
	while (end > 0 && /[.\s]/.test(visible.charAt(end - 1))) end -= 1;
	const bare = visible.slice(0, end);
	const name = reservedName.test(bare) ? `_${bare}` : bare;
	const characters = [...name];
	if (characters.length <= maxNameLength) return name;
	const extension = extensionOf(name);
	const ending = extension === '' ? '' : `.${extension}`;
	return `${characters.slice(0, maxNameLength - ending.length).join('')}${ending}`;
}

/** The last segment of a URL's path as a file name; empty if there is none. */
export const fileNameOfUrl = (url: string): string =>
	safeFileName(URL.canParse(url) ? decode(new URL(url).pathname) : '');

function decode(path: string): string {
	try {
		return decodeURIComponent(path);
	} catch {
		return path;
	}
}

/** The name with an extension: its own, or that of the MIME type. Undefined if neither is known. */
export function nameWithExtension(name: string, mimeType: string): string | undefined {
	const safe = safeFileName(name);
	if (extensionOf(safe) !== '') return safe;
	const extension = extensionOfMime(mimeType);
	return extension === undefined ? undefined : `${trimEndOf(safe, '.') || 'file'}.${extension}`;
}
