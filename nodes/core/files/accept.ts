import { MonsterApiError, validationError } from '../http/errors';
import type { FileInput } from '../catalogue';
import type { SourceFile } from '../host';
import { requireWebUrl } from '../webUrl';
import { formatOfExtension, type Format } from './formats';
import { extensionOf, formatOfMime, mimeFor, nameWithExtension } from './names';

/** The file that a parameter takes; any format if `extensions` is empty. */
export type FileRule = Pick<FileInput, 'label' | 'extensions'> & { readonly parameter: string };

const unsupportedFormat = (rule: FileRule, subject: string): MonsterApiError =>
	validationError(
		`${subject} has a format that the model does not support`,
		`Supported formats of '${rule.label}': ${rule.extensions.join(', ')}.`,
	);

/** The usual MIME type of the format; a declared one that nobody knows counts only if the extension is unknown too. */
function sentType(name: string, declared: string): string {
	const type = mimeFor(name, declared);
	return (formatOfMime(type) ?? formatOfExtension(extensionOf(name)))?.type ?? type;
}

const renamed = (file: SourceFile, name: string): SourceFile => ({
	name,
	mimeType: sentType(name, file.mimeType),
	size: file.size,
	read: async () => await file.read(),
	open: async () => await file.open(),
});

/** The name under which the model takes the format, if it does. */
const acceptedExtension = (rule: FileRule, format: Format | undefined): string | undefined =>
	format?.extensions.find((extension) => rule.extensions.includes(extension));

/**
 * The file, with a name that ends with an extension: MonsterAPI recognizes formats by it.
 * @throws MonsterApiError when the file is empty or its format is unknown
 */
export function requireNamedFile(file: SourceFile): SourceFile {
	if (file.size <= 0)
		throw validationError(`The file '${file.name}' is empty`, 'Check the node that created it.');
	const name = nameWithExtension(file.name, file.mimeType);
	if (name !== undefined) return renamed(file, name);
	throw validationError(
		`The name of the file '${file.name}' has no extension`,
		'MonsterAPI recognizes formats by it: give the file a name such as talk.mp3.',
	);
}

/**
 * The file, with a name whose extension the model supports.
 * @throws MonsterApiError that lists the supported formats
 */
export function requireAcceptedFile(rule: FileRule, source: SourceFile): SourceFile {
	const file = requireNamedFile(source);
	const extension = extensionOf(file.name);
	if (rule.extensions.length === 0 || rule.extensions.includes(extension)) return file;
	// Chat apps and phones use names of their own, such as voice.oga; if the extension is unknown, the MIME type decides.
	const format = formatOfExtension(extension) ?? formatOfMime(file.mimeType);
	const accepted = acceptedExtension(rule, format);
	if (accepted !== undefined) return renamed(file, `${file.name}.${accepted}`);
	throw unsupportedFormat(rule, `The file '${file.name}'`);
}

/**
 * The URL of a file, trimmed. It need not end with a file name: only a known extension of another format is rejected.
 * @throws MonsterApiError
 */
export function requireFileUrl(rule: FileRule, value: string): string {
	const text = requireWebUrl(value, 'file URL');
	const format = formatOfExtension(extensionOf(new URL(text).pathname));
	const isForeign = format !== undefined && acceptedExtension(rule, format) === undefined;
	if (rule.extensions.length > 0 && isForeign) throw unsupportedFormat(rule, 'The file URL');
	return text;
}
