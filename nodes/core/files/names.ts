import { trimEndOf } from '../trimEndOf';

/* The formats that MonsterAPI reads or returns. A verified package may not import `mime-types`. */
const mimeByExtension: Readonly<Record<string, string>> = {
	gif: 'image/gif',
	jpeg: 'image/jpeg',
	jpg: 'image/jpeg',
	json: 'application/json',
	m4a: 'audio/mp4',
	mp3: 'audio/mpeg',
	mp4: 'video/mp4',
	mpeg: 'video/mpeg',
	mpga: 'audio/mpeg',
	ogg: 'audio/ogg',
	pdf: 'application/pdf',
	png: 'image/png',
	srt: 'application/x-subrip',
	txt: 'text/plain',
	wav: 'audio/wav',
	webm: 'video/webm',
	webp: 'image/webp',
	zip: 'application/zip',
};

/* Other MIME types that browsers, phones and n8n use for the same formats. */
const extensionByMime: Readonly<Record<string, string>> = {
	...Object.fromEntries(
		Object.entries(mimeByExtension)
			.reverse()
			.map(([extension, mime]) => [mime, extension]),
	),
	'audio/mp3': 'mp3',
	'audio/mpeg': 'mp3',
	'audio/m4a': 'm4a',
	'audio/vnd.wave': 'wav',
	'audio/wave': 'wav',
	'audio/webm': 'webm',
	'audio/x-m4a': 'm4a',
	'audio/x-wav': 'wav',
	'image/jpeg': 'jpg',
	'image/jpg': 'jpg',
	'video/ogg': 'ogg',
};

const essence = (mimeType: string): string => (mimeType.split(';')[0] ?? '').trim().toLowerCase();

/** MIME types that say nothing about the content. */
const genericMime = new Set([
	'',
	'application/octet-stream',
	'binary/octet-stream',
	'application/x-download',
	'text/plain',
]);

/** The extension in lower case without its dot; empty if there is none. */
export function extensionOf(name: string): string {
	const dot = name.lastIndexOf('.');
	return dot > 0 ? name.slice(dot + 1).toLowerCase() : '';
}

export const mimeOfExtension = (extension: string): string | undefined =>
	Object.hasOwn(mimeByExtension, extension) ? mimeByExtension[extension] : undefined;

export const extensionOfMime = (mimeType: string): string | undefined => {
	const type = essence(mimeType);
	return Object.hasOwn(extensionByMime, type) ? extensionByMime[type] : undefined;
};

/** The declared MIME type, or that of the extension if the declared one is generic. */
export function mimeFor(name: string, declared: string): string {
	const type = essence(declared);
	if (!genericMime.has(type)) return type;
	return mimeOfExtension(extensionOf(name)) ?? (type === '' ? 'application/octet-stream' : type);
}

const maxNameLength = 200;

/**
 * The last segment of a path as a file name, without control characters and at most 200 characters long. Quotes, umlauts
 * and emoji are kept.
 */
export function safeFileName(path: string): string {
	const name = (path.split(/[/\\]/).pop() ?? '')
		// eslint-disable-next-line no-control-regex
		.replace(/[\u0000-\u001f\u007f]/g, '')
		.trim();
	const characters = [...name];
	if (characters.length <= maxNameLength) return name;
	const extension = extensionOf(name);
	const ending = extension === '' || extension.length > 10 ? '' : `.${extension}`;
	return `${characters.slice(0, maxNameLength - ending.length).join('')}${ending}`;
}

/** The name with an extension: its own, or that of the MIME type. Undefined if neither is known. */
export function nameWithExtension(name: string, mimeType: string): string | undefined {
	const safe = safeFileName(name);
	if (extensionOf(safe) !== '') return safe;
	const extension = extensionOfMime(mimeType);
	return extension === undefined ? undefined : `${trimEndOf(safe, '.') || 'file'}.${extension}`;
}
