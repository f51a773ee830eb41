import {
	extensionOf,
	extensionOfMime,
	mimeFor,
	nameWithExtension,
	safeFileName,
} from '../../../nodes/core/files/names';

describe('names', () => {
	test.each([
		['a/b\\c.txt', 'c.txt'],
		['\u0000evil\n.txt', 'evil.txt'],
		['', ''],
		[`${'ä'.repeat(300)}.mp3`, `${'ä'.repeat(196)}.mp3`],
	])('%j is sanitized', (path, name) => expect(safeFileName(path)).toBe(name));

	test('extensions and types are found', () => {
		expect(extensionOf('.hidden')).toBe('');
		expect(extensionOf('a.tar.GZ')).toBe('gz');
		expect(extensionOfMime('image/jpeg; q=1')).toBe('jpg');
		expect(extensionOfMime('__proto__')).toBeUndefined();
		expect(mimeFor('a.mp3', '')).toBe('audio/mpeg');
		expect(mimeFor('a.mp3', 'audio/x-own')).toBe('audio/x-own');
		expect(nameWithExtension('talk', 'audio/mpeg')).toBe('talk.mp3');
		expect(nameWithExtension('talk', 'x/y')).toBeUndefined();
		expect(nameWithExtension('', 'image/png')).toBe('file.png');
	});
});
