/** A file format under all the names that browsers, phones, chat apps and n8n have for it. */
export interface Format {
	/** The MIME type that is sent and stored. */
	readonly type: string;
	/** Other MIME types for the same content. */
	readonly aliases: readonly string[];
	/** In lower case, the usual one first. */
	readonly extensions: readonly string[];
}

const format = (
	type: string,
	extensions: readonly string[],
	aliases: readonly string[] = [],
): Format => ({ type, extensions, aliases });

/**
 * The formats that MonsterAPI reads or returns. An extension that two formats share belongs to the first of them if the MIME
 * type does not tell. A verified package may not import `mime-types`, which knows only some of these names.
 */
const formats: readonly Format[] = [
	format(
		'audio/mpeg',
		['mp3', 'mpga'],
		[
			'audio/mp3',
			'audio/mpeg3',
			'audio/mpg',
			'audio/x-mp3',
			'audio/x-mpeg',
			'audio/x-mpeg-3',
			'audio/x-mpeg3',
			'audio/x-mpegaudio',
			'audio/x-mpg',
		],
	),
	format(
		'audio/mp4',
		['m4a', 'm4b', 'mp4a'],
		['audio/m4a', 'audio/m4b', 'audio/mp4a-latm', 'audio/x-m4a', 'audio/x-m4b', 'audio/x-mp4'],
	),
	format(
		'audio/ogg',
		['ogg', 'oga', 'opus', 'ogx', 'spx'],
		[
			'application/ogg',
			'application/x-ogg',
			'audio/opus',
			'audio/speex',
			'audio/vorbis',
			'audio/x-ogg',
			'audio/x-opus',
			'audio/x-opus+ogg',
			'audio/x-speex',
			'audio/x-speex+ogg',
			'audio/x-vorbis',
			'audio/x-vorbis+ogg',
		],
	),
	format(
		'audio/wav',
		['wav', 'wave'],
		['audio/vnd.wave', 'audio/wave', 'audio/x-pn-wav', 'audio/x-wav', 'audio/x-wave'],
	),
	format(
		'video/mp4',
		['mp4', 'm4v', 'mp4v', 'mpg4'],
		['application/mp4', 'video/m4v', 'video/x-m4v', 'video/x-mp4'],
	),
	format(
		'video/mpeg',
		['mpeg', 'mpg', 'mpe', 'm1v', 'm2v'],
		[
			'video/mpeg-system',
			'video/mpeg2',
			'video/mpg',
			'video/x-mpeg',
			'video/x-mpeg-system',
			'video/x-mpeg2',
			'video/x-mpg',
		],
	),
	format('video/webm', ['webm'], ['video/x-webm']),
	format('audio/webm', ['webm', 'weba'], ['audio/x-webm']),
	format('video/ogg', ['ogg', 'ogv'], ['video/theora', 'video/x-ogg', 'video/x-theora+ogg']),
	format(
		'image/jpeg',
		['jpg', 'jpeg', 'jfif', 'jpe', 'pjp', 'pjpeg'],
		['image/jfif', 'image/jpe', 'image/jpg', 'image/pjpeg', 'image/x-jpeg', 'image/x-jpg'],
	),
	format('image/png', ['png'], ['image/x-png']),
	format('image/gif', ['gif']),
	format('image/webp', ['webp'], ['image/x-webp']),
	format('application/json', ['json'], ['text/json']),
	format('application/pdf', ['pdf'], ['application/x-pdf']),
	format('application/x-subrip', ['srt'], ['application/srt', 'text/srt', 'text/x-srt']),
	format('application/zip', ['zip'], ['application/x-zip', 'application/x-zip-compressed']),
	format('text/plain', ['txt']),
];

/** Where two formats have a name, the first of them has it. */
const index = (namesOf: (one: Format) => readonly string[]): ReadonlyMap<string, Format> =>
	new Map([...formats].reverse().flatMap((one) => namesOf(one).map((name) => [name, one])));

const byExtension = index(({ extensions }) => extensions);
const byType = index(({ type, aliases }) => [type, ...aliases]);

/** @param extension in lower case, without the dot. @returns undefined if it is unknown */
export const formatOfExtension = (extension: string): Format | undefined =>
	byExtension.get(extension);

/** @param type in lower case, without parameters. @returns undefined if it is unknown */
export const formatOfType = (type: string): Format | undefined => byType.get(type);
