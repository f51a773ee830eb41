import { MonsterApiError, validationError } from '../http/errors';
import type { FileInput } from '../catalogue';
import type { SourceFile } from '../host';
import { extensionOf, extensionOfMime, mimeFor, mimeOfExtension, nameWithExtension } from './names';

/** What a parameter takes; any format when `extensions` is empty. */
export type FileRule = Pick<FileInput, 'label' | 'extensions'> & { readonly parameter: string };

const unsupported = (rule: FileRule, what: string): MonsterApiError =>
	validationError(
		`${what} is not in a format that the model takes`,
		`${rule.label} takes these formats: ${rule.extensions.join(', ')}.`,
	);

const renamed = (file: SourceFile, name: string): SourceFile => ({
	name,
	mimeType: mimeFor(name, file.mimeType),
	size: file.size,
	read: async () => await file.read(),
	open: async () => await file.open(),
});

/**
 * The file under a name that ends with an extension, by which MonsterAPI tells formats apart.
 * @throws MonsterApiError when the file is empty or its format is unknown
 */
export function requireNamedFile(file: SourceFile): SourceFile {
	if (file.size <= 0)
		throw validationError(`The file “${file.name}” is empty`, 'Check the node that made it.');
	const name = nameWithExtension(file.name, file.mimeType);
	if (name !== undefined) return renamed(file, name);
	throw validationError(
		`The name of the file “${file.name}” has no extension`,
		'MonsterAPI tells formats apart by it: give the file a name such as “talk.mp3”.',
	);
}

/**
 * The file under a name with an extension that the model takes.
 * @throws MonsterApiError with the list of formats
 */
export function requireAcceptedFile(rule: FileRule, given: SourceFile): SourceFile {
	const file = requireNamedFile(given);
	const extension = extensionOf(file.name);
	if (rule.extensions.length === 0 || rule.extensions.includes(extension)) return file;
	// Chats and phones name formats their own way, such as “voice.oga”: then the type decides.
	const byType = extensionOfMime(file.mimeType);
	const unknownName = mimeOfExtension(extension) === undefined;
	if (unknownName && byType !== undefined && rule.extensions.includes(byType)) {
		return renamed(file, `${file.name}.${byType}`);
	}
	throw unsupported(rule, `The file “${file.name}”`);
}

/**
 * The URL of a file, trimmed. It need not end like a file: only one that surely names another format is refused.
 * @throws MonsterApiError
 */
export function requireFileUrl(rule: FileRule, given: string): string {
	const text = given.trim();
	const url = URL.canParse(text) ? new URL(text) : undefined;
	if (url === undefined || !/^https?:$/.test(url.protocol)) {
		throw validationError(
			text === '' ? 'The file URL is empty' : 'The file URL is not a web address',
			'Give a public URL that begins with https:// or http://.',
		);
	}
	const extension = extensionOf(url.pathname);
	const foreign = mimeOfExtension(extension) !== undefined && !rule.extensions.includes(extension);
	if (rule.extensions.length > 0 && foreign) throw unsupported(rule, 'The file URL');
	return text;
}
