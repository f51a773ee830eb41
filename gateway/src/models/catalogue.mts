import type { Family } from '../engines/engine.mts';

export interface CatalogueModel {
	readonly family: Family;
	readonly label: string;
}

const text = (label: string): CatalogueModel => ({ family: 'text', label });

/** MonsterAPI's documented models. Their inputs are in contract/openapi.yaml. */
export const catalogue: Readonly<Record<string, CatalogueModel>> = {
	'codellama-13b-instruct': text('CodeLlama 13B Instruct'),
	'codellama-34b-instruct': text('CodeLlama 34B Instruct'),
	'falcon-7b-instruct': text('Falcon 7B Instruct'),
	'falcon-40b-instruct': text('Falcon 40B Instruct'),
	'flan-T5': text('Flan-T5'),
	'llama2-7b-chat': text('Llama 2 7B Chat'),
	'mpt-7b-instruct': text('MPT 7B Instruct'),
	'mpt-30b-instruct': text('MPT 30B Instruct'),
	'zephyr-7b-beta': text('Zephyr 7B Beta'),
	txt2img: { family: 'image', label: 'Text to Image' },
	'sdxl-base': { family: 'image', label: 'SDXL Base' },
	img2img: { family: 'image-edit', label: 'Image to Image' },
	pix2pix: { family: 'image-edit', label: 'Pix2Pix' },
	'photo-maker': { family: 'image-edit', label: 'Photo Maker' },
	whisper: { family: 'transcription', label: 'Whisper' },
	'speech2text-v2': { family: 'transcription', label: 'Speech to Text v2' },
	'sunoai-bark': { family: 'speech', label: 'Suno AI Bark' },
};

/** The name of the input that is a file, for each family that has one. */
export const fileInput: Readonly<Record<Family, string | undefined>> = {
	text: undefined,
	image: undefined,
	'image-edit': 'init_image_url',
	transcription: 'file',
	speech: 'file',
};

/** Extensions that MonsterAPI documents for its file inputs; anything else is answered 415. */
export const fileExtensions: Readonly<Record<Family, readonly string[]>> = {
	text: [],
	image: [],
	'image-edit': ['jpg', 'jpeg', 'png', 'webp'],
	transcription: ['m4a', 'mp3', 'mp4', 'mpeg', 'mpga', 'wav', 'webm', 'ogg'],
	speech: ['m4a', 'mp3', 'mp4', 'mpeg', 'mpga', 'wav', 'webm', 'ogg'],
};
