import type { BooleanParameter, EnumParameter, Model, NumberParameter, Parameter } from './types';

/* Ranges and the two enums come from the SDK that was generated from the vendor's OpenAPI document (mid-2024). */

const styles = [
	'3d-model',
	'analog-film',
	'anime',
	'cinematic',
	'comic-book',
	'craft-clay',
	'digital-art',
	'enhance',
	'fantasy-art',
	'futuristic',
	'isometric',
	'line-art',
	'lowpoly',
	'neonpunk',
	'origami',
	'photographic',
	'photorealistic',
	'pixel-art',
	'realism',
	'texture',
	'watercolor',
];

const titleCase = (value: string) =>
	value.replace(
		/(^|-)([a-z0-9])/g,
		(_match, dash: string, letter: string) => `${dash ? ' ' : ''}${letter.toUpperCase()}`,
	);

const style: EnumParameter = {
	type: 'enum',
	label: 'Style',
	description: 'The visual style of the image',
	default: 'anime',
	values: styles.map((value) => ({ label: titleCase(value), value })),
};

const aspectRatio: EnumParameter = {
	type: 'enum',
	label: 'Aspect Ratio',
	description: 'The orientation of the image',
	default: 'square',
	values: ['landscape', 'portrait', 'square'].map((value) => ({ label: titleCase(value), value })),
};

const negativePrompt: Parameter = {
	type: 'string',
	label: 'Negative Prompt',
	description: 'What the image should not show',
	multiline: true,
};

const seed: NumberParameter = {
	type: 'integer',
	label: 'Seed',
	description: 'Start value of the random generator: the same seed creates the same image again',
	default: 2414,
};

const samples = (max: number): NumberParameter => ({
	type: 'integer',
	label: 'Samples',
	description: 'How many images to generate',
	min: 1,
	max,
	default: 1,
});

const steps = (min: number, max: number, value: number): NumberParameter => ({
	type: 'integer',
	label: 'Steps',
	description: 'Sampling steps: more steps create better images, but take longer and cost more',
	min,
	max,
	default: value,
});

const guidanceScale = (value: number): NumberParameter => ({
	type: 'number',
	label: 'Guidance Scale',
	description: 'How closely the image follows the prompt',
	min: 5,
	max: 50,
	default: value,
});

const safeFilter: BooleanParameter = {
	type: 'boolean',
	label: 'Safe Filter',
	description: 'Whether to filter out images that are not safe for work',
	default: true,
};

const optimize: BooleanParameter = {
	type: 'boolean',
	label: 'Optimize',
	description: 'Whether to trade some quality for speed',
	default: false,
};

const enhance: BooleanParameter = {
	type: 'boolean',
	label: 'Enhance',
	description: 'Whether MonsterAPI improves the prompt and the image',
	default: false,
};

const fromText = {
	aspect_ratio: aspectRatio,
	guidance_scale: guidanceScale(7.5),
	negprompt: negativePrompt,
	safe_filter: safeFilter,
	samples: samples(4),
	seed,
	style,
};

export const imageModels: readonly Model[] = [
	{
		id: 'sdxl-base',
		label: 'Stable Diffusion XL 1.0',
		family: 'image',
		description: 'High-quality images in almost any style, best at photorealism',
		promptRequired: true,
		parameters: { ...fromText, enhance, optimize, steps: steps(30, 500, 50) },
	},
	{
		id: 'txt2img',
		label: 'Text to Image',
		family: 'image',
		description: 'Images from a text prompt with Stable Diffusion',
		promptRequired: true,
		parameters: { ...fromText, steps: steps(30, 500, 30) },
	},
];

const imageFile = {
	label: 'Image',
	parameter: 'init_image_url',
	extensions: ['jpeg', 'jpg', 'png'],
} as const;

export const imageEditModels: readonly Model[] = [
	{
		id: 'img2img',
		label: 'Image to Image',
		family: 'imageEdit',
		description:
			'Creates an image with the style and content of the input image, but different details',
		promptRequired: true,
		parameters: {
			guidance_scale: guidanceScale(7.5),
			negprompt: negativePrompt,
			seed,
			steps: steps(30, 500, 30),
			strength: {
				type: 'number',
				label: 'Strength',
				description: 'How much the input image may change, from 0 (not at all) to 1 (completely)',
				min: 0,
				max: 1,
				default: 0.75,
			},
		},
		file: { ...imageFile, description: 'The image to start from' },
	},
	{
		id: 'photo-maker',
		label: 'PhotoMaker',
		family: 'imageEdit',
		description: 'Realistic photos of the person in the input image, as the prompt describes',
		promptRequired: true,
		parameters: {
			negprompt: negativePrompt,
			optimize,
			safe_filter: safeFilter,
			samples: samples(3),
			seed,
			steps: steps(10, 60, 30),
			strength: {
				type: 'integer',
				label: 'Strength',
				description: 'How closely the output follows the input image',
				min: 10,
				max: 60,
				default: 30,
			},
			style,
		},
		file: { ...imageFile, description: 'A photo of the person to show' },
	},
	{
		id: 'pix2pix',
		label: 'InstructPix2Pix',
		family: 'imageEdit',
		description: 'Edits an image by plain instructions such as "make it night"',
		promptRequired: true,
		parameters: {
			guidance_scale: guidanceScale(12.5),
			image_guidance_scale: {
				type: 'number',
				label: 'Image Guidance Scale',
				description: 'How closely the output follows the input image',
				min: 0,
				max: 5,
				default: 1.5,
			},
			negprompt: negativePrompt,
			seed,
			steps: steps(30, 500, 50),
		},
		file: { ...imageFile, description: 'The image to edit' },
	},
];
