/** The 99 language codes that the vendor documents for both Whisper models (ISO 639, with Whisper's own `jw`). */
const codes =
	'af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw he hi hr ht hu hy id is it ja jw ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn no oc pa pl ps pt ro ru sa sd si sk sl sn so sq sr su sv sw ta te tg th tk tl tr tt uk ur uz vi yi yo zh'.split(
		' ',
	);

const englishNames = new Intl.DisplayNames(['en'], { type: 'language' });

const named = (code: string) => ({
	label: `${englishNames.of(code) ?? code} (${code})`,
	value: code,
});

export const transcriptLanguages = codes
	.map(named)
	.sort((left, right) => left.label.localeCompare(right.label, 'en'));

/** The 13 languages that Bark has speakers for. */
export const speechLanguages = 'de en es fr hi it ja ko pl pt ru tr zh'
	.split(' ')
	.map((code) => ({ code, name: englishNames.of(code) ?? code }));
