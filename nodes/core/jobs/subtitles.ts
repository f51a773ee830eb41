import type { JobState } from '../api/status';
import type { FileLabel } from '../host';
import type { JsonRecord } from '../json';
import { extensionOf, safeFileName } from '../files/names';

/** The number of the first subtitle, its times and a line of text. */
const srtStart =
	/^\uFEFF?\s*\d+[^\S\n]*\r?\n\s*\d+:\d{2}:\d{2}[,.]\d{1,3}\s*-->\s*\d+:\d{2}:\d{2}[,.]\d{1,3}/;

/** No documentation says under which key the API returns subtitles. */
const subtitleKeys = ['text', 'srt', 'subtitles', 'data', 'output'] as const;

/** The subtitles in a result as SRT text; undefined if it has none. */
export const subtitlesOf = (result: JsonRecord | undefined): string | undefined =>
	subtitleKeys
		.map((key) => result?.[key])
		.find((value): value is string => typeof value === 'string' && srtStart.test(value));

interface SubtitleFile extends FileLabel {
	readonly bytes: Uint8Array;
}

/**
 * The subtitles of a finished job as a file; undefined if it has none.
 * @param recording the name of the file that was transcribed; without it the process ID is the name
 */
export function subtitleFile(
	{ phase, processId, result }: JobState,
	recording?: string,
): SubtitleFile | undefined {
	const text = phase === 'completed' ? subtitlesOf(result) : undefined;
	if (text === undefined) return undefined;
	return {
		name: `${baseName(recording ?? '') || processId}.srt`,
		mimeType: 'application/x-subrip',
		bytes: new TextEncoder().encode(text),
	};
}

/** A file name without its folder and its extension. */
function baseName(name: string): string {
	const safe = safeFileName(name);
	const extension = extensionOf(safe);
	return extension === '' ? safe : safe.slice(0, -(extension.length + 1));
}
