import type { FileRule } from '../../../nodes/core/files/accept';
import {
	requireAcceptedFile,
	requireFileUrl,
	requireNamedFile,
} from '../../../nodes/core/files/accept';
import type { SourceFile } from '../../../nodes/core/host';
import { modelsByFamily } from '../../../nodes/core/catalogue';

const rule = (model: { file?: Omit<FileRule, 'parameter'> } | undefined): FileRule => {
	if (model?.file === undefined) throw new Error('The model takes no file');
	return { ...model.file, parameter: 'file' };
};
const media = rule(modelsByFamily.transcription[0]);
const image = rule(modelsByFamily.imageEdit[0]);

const file = (name: string, mimeType: string): SourceFile => ({
	name,
	mimeType,
	size: 10,
	read: async () => await Promise.resolve(new Uint8Array(10)),
	open: async () => await Promise.resolve(new Uint8Array(10)),
});

const sent = (to: FileRule, name: string, mimeType: string) => {
	const accepted = requireAcceptedFile(to, file(name, mimeType));
	return `${accepted.name} ${accepted.mimeType}`;
};

const octets = 'application/octet-stream';

describe('a voice note is Ogg under each of its names', () => {
	test.each([
		['file_12.oga', 'audio/ogg', 'file_12.oga.ogg'],
		['file_12.oga', octets, 'file_12.oga.ogg'],
		['file_12.oga', '', 'file_12.oga.ogg'],
		['file_12.oga', 'application/ogg', 'file_12.oga.ogg'],
		['PTT-20240501-WA0003.opus', 'audio/ogg; codecs=opus', 'PTT-20240501-WA0003.opus.ogg'],
		['PTT-20240501-WA0003.OPUS', octets, 'PTT-20240501-WA0003.OPUS.ogg'],
		['voice.opus', 'audio/opus', 'voice.opus.ogg'],
		['voice.opus', 'audio/x-opus+ogg', 'voice.opus.ogg'],
		['voice.ogg', 'application/ogg', 'voice.ogg'],
		['voice', 'audio/opus', 'voice.ogg'],
		['voice', 'Application/Ogg', 'voice.ogg'],
		['voice.ogx', 'text/plain', 'voice.ogx.ogg'],
		['voice.spx', octets, 'voice.spx.ogg'],
	])('%s (%s)', (name, type, as) => expect(sent(media, name, type)).toBe(`${as} audio/ogg`));
});

describe('every name of a format is accepted, and sent with its usual MIME type', () => {
	test.each<[string, FileRule, string, string[], string[]]>([
		[
			'audio/mpeg',
			media,
			'mp3',
			['mp3', 'mpga'],
			['audio/mp3', 'audio/mpeg3', 'audio/mpg', 'audio/x-mp3', 'audio/x-mpeg', 'audio/x-mpeg-3'],
		],
		[
			'audio/mp4',
			media,
			'm4a',
			['m4a', 'm4b', 'mp4a'],
			['audio/m4a', 'audio/x-m4a', 'audio/mp4a-latm', 'audio/x-m4b'],
		],
		[
			'audio/wav',
			media,
			'wav',
			['wav', 'wave'],
			['audio/wave', 'audio/x-wav', 'audio/vnd.wave', 'audio/x-pn-wav'],
		],
		[
			'video/mp4',
			media,
			'mp4',
			['mp4', 'm4v', 'mp4v', 'mpg4'],
			['video/x-m4v', 'application/mp4', 'video/x-mp4'],
		],
		[
			'video/mpeg',
			media,
			'mpeg',
			['mpeg', 'mpg', 'mpe', 'm1v', 'm2v'],
			['video/x-mpeg', 'video/mpg', 'video/x-mpg'],
		],
		['video/webm', media, 'webm', ['webm'], ['video/x-webm']],
		['audio/webm', media, 'webm', ['weba'], ['audio/x-webm']],
		['video/ogg', media, 'ogg', ['ogv'], ['video/x-ogg']],
		[
			'image/jpeg',
			image,
			'jpg',
			['jpg', 'jpeg', 'jpe', 'jfif', 'pjpeg', 'pjp'],
			['image/jpg', 'image/pjpeg', 'image/x-jpeg', 'image/jfif'],
		],
		['image/png', image, 'png', ['png'], ['image/x-png']],
	])('%s', (type, to, usual, extensions, aliases) => {
		const declared = [type, `${type.toUpperCase()}; codecs=x`, ...aliases];
		for (const extension of extensions) {
			const own = `a.${extension}`;
			const name = to.extensions.includes(extension) ? own : `${own}.${usual}`;
			expect([octets, '', ...declared].map((mime) => sent(to, own, mime))).toEqual(
				[octets, '', ...declared].map(() => `${name} ${type}`),
			);
			expect(requireFileUrl(to, `https://a.test/${own}?x=1`)).toContain(own);
		}
		expect(declared.map((mime) => sent(to, 'a', mime))).toEqual(
			declared.map(() => `a.${usual} ${type}`),
		);
	});
});

describe('a format that the model does not take is refused', () => {
	test.each([
		['a.flac', 'audio/flac'],
		['a.aac', 'audio/aac'],
		['a.amr', 'audio/amr'],
		['a.jfif', 'image/jpeg'],
		['a.xyz', octets],
		['a.pdf', 'audio/ogg'],
	])('%s (%s)', (name, type) => expect(() => sent(media, name, type)).toThrow(/does not support/));

	test.each(['a.pdf', 'a.jfif', 'a.png'])('%s as a URL', (name) =>
		expect(() => requireFileUrl(media, `https://a.test/${name}`)).toThrow(/does not support/),
	);

	test.each(['a.gif', 'a.webp', 'a.oga'])('%s as an image', (name) =>
		expect(() => sent(image, name, octets)).toThrow(/does not support/),
	);
});

describe('the extension decides where the MIME type says nothing', () => {
	test.each([
		['a.mp3', 'audio/x-own', 'a.mp3 audio/mpeg'],
		['a.mp3', 'mp3', 'a.mp3 audio/mpeg'],
		['a.mp3', 'application/force-download', 'a.mp3 audio/mpeg'],
		['a.mp4', 'audio/mp4', 'a.mp4 audio/mp4'],
		['a.webm', octets, 'a.webm video/webm'],
	])('%s (%s) is sent as %s', (name, type, as) => expect(sent(media, name, type)).toBe(as));
});

describe('a dot makes no extension', () => {
	test.each([
		['Call 2024.05.01 10.30', 'Call 2024.05.01 10.30.mp3'],
		['WhatsApp Audio 2024-05-01 at 10.30.45', 'WhatsApp Audio 2024-05-01 at 10.30.45.mp3'],
		['Mr. Smith', 'Mr. Smith.mp3'],
		['Meeting v1.2 final', 'Meeting v1.2 final.mp3'],
		['talk.recording', 'talk.recording.mp3'],
		['talk.', 'talk.mp3'],
		['talk.m-p3', 'talk.m-p3.mp3'],
		['talk.1', 'talk.1.mp3'],
		['talk.mp3', 'talk.mp3'],
		['talk.7z', 'talk.7z'],
		['2024.05.01.MP3', '2024.05.01.MP3'],
	])('%s is uploaded as %s', (name, as) => {
		expect(requireNamedFile(file(name, 'audio/mp3'))).toMatchObject({
			name: as,
			mimeType: 'audio/mpeg',
		});
	});

	test('where the type has none either, the file is refused', () => {
		expect(() => requireNamedFile(file('Call 2024.05.01 10.30', octets))).toThrow(
			'has no extension',
		);
	});

	test('nor does one in a URL', () =>
		expect(() => requireFileUrl(media, 'https://a.test/v1.2024/calls.10.30')).not.toThrow());
});
