/* What flite, which knows ASCII only, would read letter by letter or leave out. */
const replacements: ReadonlyArray<readonly [RegExp, string]> = [
	[/[‘’‚′]/g, "'"],
	[/[“”„«»″]/g, '"'],
	[/[–—―]/g, ', '],
	[/…/g, '. '],
	[/ß/g, 'ss'],
	[/[æÆ]/g, 'ae'],
	[/[œŒ]/g, 'oe'],
	[/[øØ]/g, 'o'],
	[/€/g, ' euro '],
	[/£/g, ' pounds '],
	[/°/g, ' degrees '],
];

/** A text in ASCII: typographic signs in their plain form, letters without accents, everything else left out. */
export const speakableText = (text: string): string =>
	replacements
		.reduce((plain, [pattern, by]) => plain.replace(pattern, by), text)
		.normalize('NFKD')
		.replace(/\p{M}/gu, '')
		.replace(/[^\x20-\x7e\n]/g, ' ');
