/** Half of a character, as a text has it that was cut in the middle of an emoji. */
const loneSurrogate = /\p{Surrogate}/gu;

/** The text as every encoder can write it: half a character becomes U+FFFD, as in a browser. */
export const wellFormed = (text: string): string => text.replace(loneSurrogate, '\ufffd');

/**
 * JSON text for an API. `JSON.stringify` writes half a character as an escape, from which some parsers read another text
 * than was sent, and others none.
 */
export const toJsonText = (value: unknown): string =>
	JSON.stringify(value).replace(/\\(?:\\|ud[89a-f][\da-f]{2})/g, (escape) =>
		escape === '\\\\' ? escape : '\ufffd',
	);

/** Control characters, zero-width characters, marks of the writing direction, separators of lines. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Without what cannot be seen, such as a byte order mark, a zero-width space or a line break. */
export const withoutInvisible = (text: string): string => text.replace(invisible, '');

const blankOrInvisible = /[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** Without blanks and invisible characters at its ends, as copying adds them. */
export function trimInvisible(text: string): string {
	let start = 0;
	let end = text.length;
	while (start < end && blankOrInvisible.test(text.charAt(start))) start += 1;
	while (end > start && blankOrInvisible.test(text.charAt(end - 1))) end -= 1;
	return text.slice(start, end);
}

const odd = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/u;

/** The first character in words that has no place in a name; undefined if there is none. */
export function oddCharacter(text: string): string | undefined {
	const [character] = odd.exec(text) ?? [];
	if (character === undefined) return undefined;
	if (/[\r\n\p{Zl}\p{Zp}]/u.test(character)) return 'a line break';
	if (character === '\t') return 'a tab';
	const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
	return /\p{Surrogate}/u.test(character)
		? `half a character (U+${code})`
		: `an invisible character (U+${code})`;
}
