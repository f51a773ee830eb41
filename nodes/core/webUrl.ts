import { validationError } from './http/errors';
import { oddCharacter, trimInvisible } from './text';

/**
 * A web address as it is sent, without blanks at its ends. What is inside it stays as it is, since others may read it in
 * another way than this platform, which drops line breaks and encodes blanks.
 * @param what it is, for the message: "file URL"
 * @throws MonsterApiError
 */
export function requireWebUrl(value: string, what: string): string {
	const text = trimInvisible(value);
	if (text === '') throw validationError(`The ${what} is empty`, advice);
	const odd = oddCharacter(text) ?? (/\s/.test(text) ? 'a blank' : undefined);
	if (odd !== undefined) {
		throw validationError(
			`The ${what} contains ${odd}`,
			'Enter one URL without line breaks. A blank within it is written as %20.',
		);
	}
	if (!/^https?:\/\/[^\\]+$/i.test(text) || !URL.canParse(text)) {
		throw validationError(`The ${what} is not a web address`, advice);
	}
	return text;
}

const advice = 'Enter a public URL that starts with https:// or http://.';
