import { extname } from 'node:path';

const maxLength = 120;

/**
 * A name that is safe on every disk and in every URL, with its extension kept: no folders, no
 * leading dots, no control or reserved characters.
 */
export function safeFileName(name: string): string {
	const last = name.split(/[\\/]/).at(-1) ?? '';
	const clean = last
		.normalize('NFC')
		.replaceAll(/[^\p{L}\p{N}._ ()-]/gu, '_')
		.replace(/^[.\s]+/, '')
		.trim();
	if (clean === '') return 'file';
	if (clean.length <= maxLength) return clean;
	const extension = extname(clean).slice(0, 16);
	return clean.slice(0, maxLength - extension.length) + extension;
}

/** In lower case, without the dot; empty when there is none. */
export function extensionOf(name: string): string {
	return extname(name).slice(1).toLowerCase();
}
