/**
 * Splits a text at the ends of sentences, or where a sentence is too long at blanks, or where a word is too long anywhere.
 * @param maxLength of a part, in UTF-16 code units
 * @returns parts without blanks around them; none for a blank text
 */
export function splitText(text: string, maxLength: number): string[] {
	const parts: string[] = [];
	let part = '';
	const flush = (): void => {
		if (part.trim() !== '') parts.push(part.trim());
		part = '';
	};
	for (const sentence of text.match(/[^.!?。！？\n]+[.!?。！？\n]*\s*|[.!?。！？\n]+\s*/gu) ?? []) {
		for (const piece of pieces(sentence, maxLength)) {
			if (part.length + piece.length > maxLength) flush();
			part += piece;
		}
	}
	flush();
	return parts;
}

function pieces(sentence: string, maxLength: number): string[] {
	if (sentence.length <= maxLength) return [sentence];
	return (sentence.match(/\S+\s*/g) ?? []).flatMap((word) =>
		word.length <= maxLength ? [word] : chunks(word, maxLength),
	);
}

/** By code points, so that no character is torn. */
function chunks(word: string, maxLength: number): string[] {
	const found: string[] = [];
	let chunk = '';
	for (const character of word) {
		if (chunk.length + character.length > maxLength) {
			found.push(chunk);
			chunk = '';
		}
		chunk += character;
	}
	return [...found, chunk];
}
