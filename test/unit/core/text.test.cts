import {
	oddCharacter,
	toJsonText,
	trimInvisible,
	wellFormed,
	withoutInvisible,
} from '../../../nodes/core/text';

describe('half a character', () => {
	test.each([
		['a\ud83dbc', 'a\ufffdbc'],
		['\ude00', '\ufffd'],
		['👋 fine', '👋 fine'],
	])('%j is sent as %j', (text, sent) => {
		expect(wellFormed(text)).toBe(sent);
		expect(JSON.parse(toJsonText({ [text]: [text] }))).toEqual({ [sent]: [sent] });
	});

	test('is not read out of a text that only looks like its escape', () => {
		const texts = ['\\ud83d', '\\\\ud83d', '\\\ud83d', '"\ud83d\\"'];
		expect(JSON.parse(toJsonText(texts))).toEqual(texts.map(wellFormed));
	});
});

test('what cannot be seen is found, named and cut off', () => {
	expect(withoutInvisible('\ufeffa\u200bb\u202ec\u0000')).toBe('abc');
	expect(trimInvisible('\u200b \ufeffa\u200bb\n\u2029')).toBe('a\u200bb');
	expect(trimInvisible(' \n')).toBe('');
	expect(trimInvisible('👋')).toBe('👋');
	expect(oddCharacter('Grüße 👋')).toBeUndefined();
	expect(oddCharacter('a\nb')).toBe('a line break');
	expect(oddCharacter('a\u2028b')).toBe('a line break');
	expect(oddCharacter('a\tb')).toBe('a tab');
	expect(oddCharacter('a\u202eb')).toBe('an invisible character (U+202E)');
	expect(oddCharacter('a\ud83db')).toBe('half a character (U+D83D)');
});
