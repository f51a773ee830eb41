import { findModel } from '../catalogue';
import type { JobState } from '../api/status';
import { isDataUrl } from '../files/dataUrl';
import { formatOfExtension } from '../files/formats';
import { extensionOf } from '../files/names';
import { isRecord, textOf, type JsonRecord } from '../json';
import { readSegments } from './segments';
import { subtitlesOf } from './subtitles';

const maxDepth = 8;

/** Keys of the address of an entry; the first one counts, since the others are copies of the same file. */
const addressKey =
	/^(?:(?:output|result|download|signed|presigned|public|file|image|audio|video|media)?(?:url|uri)|href|src|link|location|path|b64json|base64|b64)$/;

/** Keys of files, or of what contains them. */
const fileKey =
	/^(?:(?:output|result|generated)?(?:images?|audios?|videos?|files?|speech|sound|wav|mp3|png)|outputs?|results?|\w*(?:urls|uris|links)|media|artifacts?|samples?|data|items|\d+)$/;

/** Keys of what a job was given, and of addresses that are no results. */
const otherKey = /input|init|prompt|webhook|callback|status|thumb|preview|source|request|docs/;

/**
 * The addresses of a finished job's files, in the order of the samples: web addresses and data: URLs. The documentation
 * shows a list of URLs; objects, nested lists, and addresses relative to the API are read as well.
 * @param baseUrl of the API: a relative address is resolved against its origin
 */
export const outputAddresses = (state: JobState, baseUrl: string): string[] =>
	outputsOf(state).flatMap((entry) => addressesIn(entry, baseUrl, 0));

/**
 * Why a finished job has fewer files than its result promises; undefined if nothing is missing. Texts and transcripts
 * promise none.
 */
export function missingFiles(
	state: JobState,
	model: string | undefined,
	baseUrl: string,
): string | undefined {
	if (state.phase !== 'completed') return undefined;
	const family = findModel(model ?? textOf(state.raw, 'model_name') ?? '')?.family;
	const isText = family === 'text' || family === 'transcription' || hasText(state.result);
	const outputs = outputsOf(state);
	const missing = outputs.filter((entry) => addressesIn(entry, baseUrl, 0).length === 0).length;
	if (missing === outputs.length) return isText ? undefined : 'No file was found in the result';
	if (missing === 0) return undefined;
	return `No file was found in ${missing} of the ${outputs.length} outputs`;
}

/** What may be or contain files: the output, or a result without one that is no text. */
function outputsOf({ result }: JobState): readonly unknown[] {
	const { output } = result ?? {};
	if (Array.isArray(output)) return output;
	if (output !== undefined && output !== null) return [output];
	return result === undefined || hasText(result) ? [] : [result];
}

function hasText(result: JsonRecord | undefined): boolean {
	if (result === undefined) return false;
	const { text, data, segments } = result;
	return (
		typeof text === 'string' ||
		subtitlesOf(result) !== undefined ||
		readSegments(isRecord(text) ? text : (data ?? segments)) !== undefined
	);
}

function addressesIn(value: unknown, baseUrl: string, depth: number): string[] {
	if (depth > maxDepth) return [];
	if (typeof value === 'string') {
		const address = toAddress(value, baseUrl);
		return address === undefined ? [] : [address];
	}
	if (Array.isArray(value)) {
		return value.flatMap((entry) => addressesIn(entry, baseUrl, depth + 1));
	}
	return isRecord(value) ? addressesOf(value, baseUrl, depth) : [];
}

function addressesOf(record: JsonRecord, baseUrl: string, depth: number): string[] {
	const entries = Object.entries(record).map(
		([key, value]) => [key.toLowerCase().replaceAll(/[_-]/g, ''), value] as const,
	);
	const own = entries.flatMap(([key, value]) => {
		if (!addressKey.test(key) || typeof value !== 'string') return [];
		const isBytes = /^b(?:64|ase64)/.test(key) && value !== '' && !isDataUrl(value);
		const address = toAddress(isBytes ? `data:;base64,${value}` : value, baseUrl);
		return address === undefined ? [] : [{ address, isAbsolute: webAddress.test(value) }];
	});
	// A path on the machine that made the file may be beside its URL.
	const first = own.find(({ isAbsolute }) => isAbsolute) ?? own[0];
	if (first !== undefined) return [first.address];
	return entries.flatMap(([key, value]) => {
		if (fileKey.test(key)) return addressesIn(value, baseUrl, depth + 1);
		if (otherKey.test(key) || typeof value !== 'string') return [];
		return isWebFile(value) ? [value] : [];
	});
}

const webAddress = /^https?:\/\//i;

const isKnownFile = (path: string): boolean => formatOfExtension(extensionOf(path)) !== undefined;

/** A web address with the extension of a file, under a key that nobody knows. */
const isWebFile = (text: string): boolean =>
	webAddress.test(text) && URL.canParse(text) && isKnownFile(new URL(text).pathname);

/** The beginnings of images and sounds in Base64: PNG, JPEG, GIF, RIFF, MP3, Ogg. */
const base64File = /^(?:iVBORw0KGgo|\/9j\/|R0lGOD|UklGR|SUQz|T2dnUw)[\w+/]{20}/;

/** The address that a text is, absolute; undefined if it is none. */
function toAddress(value: string, baseUrl: string): string | undefined {
	const text = value.trim();
	if (webAddress.test(text)) return URL.canParse(text) ? text : undefined;
	if (isDataUrl(text)) return text;
	if (base64File.test(text)) return `data:;base64,${text}`;
	if (text.length > 2_000 || /\s/.test(text)) return undefined;
	const isRooted = /^\.{0,2}\/+[^/]/.test(text);
	if (!isRooted && !(/^[\w~%]/.test(text) && !text.includes(':') && isKnownFile(text))) {
		return undefined;
	}
	const { origin } = new URL(baseUrl);
	return URL.canParse(text, `${origin}/`) ? new URL(text, `${origin}/`).href : undefined;
}
