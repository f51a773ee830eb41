import { encodePng } from './png.cjs';
import { randomFrom } from './random.cjs';

const sizes: Readonly<Record<string, readonly [number, number]>> = {
	square: [512, 512],
	portrait: [512, 768],
	landscape: [768, 512],
};

/** Colours of one ramp; the palette holds four: sky, sun, far hills, near hills. */
const rampLength = 60;
const ink = 4 * rampLength;

/** Draws hills under a sun, always the same for the same prompt, seed and index, and says that it is emulated. */
export function landscape(inputs: Readonly<Record<string, unknown>>, index: number): Buffer {
	const { prompt = '', seed = '', aspect_ratio: ratio } = inputs;
	const [width, height] = sizes[String(ratio)] ?? [512, 512];
	const random = randomFrom(`${String(prompt)}|${String(seed)}|${index}`);
	const pixels = new Uint8Array(width * height);
	const palette = paletteOf(random);

	for (let y = 0; y < height; y++) pixels.fill(shade(0, y / height), y * width, (y + 1) * width);
	const radius = Math.round(Math.min(width, height) * (0.08 + 0.08 * random()));
	const centreX = Math.round(width * (0.2 + 0.6 * random()));
	const centreY = Math.round(height * (0.2 + 0.2 * random()));
	for (let y = -radius; y <= radius; y++) {
		const half = Math.round(Math.sqrt(radius * radius - y * y));
		const row = (centreY + y) * width + centreX;
		pixels.fill(shade(1, (y + radius) / (2 * radius + 1)), row - half, row + half);
	}
	for (const ramp of [2, 3]) {
		const base = height * (0.35 + 0.15 * ramp);
		const swing = height * (0.04 + 0.05 * random());
		const pace = (2 + 3 * random()) / width;
		const start = 7 * random();
		for (let x = 0; x < width; x++) {
			const wave = Math.sin(start + x * pace * 2) + 0.4 * Math.sin(start * 3 + x * pace * 5);
			const top = Math.max(0, Math.round(base + swing * wave));
			for (let y = top; y < height; y++) {
				pixels[y * width + x] = shade(ramp, (y - top) / (height - top));
			}
		}
	}
	sign(pixels, width, height);
	const comment = '[emulated] drawn by the MonsterAPI emulator, not by a model';
	return encodePng({ width, height, palette, pixels, comment });
}

const shade = (ramp: number, part: number) =>
	ramp * rampLength + Math.min(rampLength - 1, Math.floor(part * rampLength));

type Colour = readonly [number, number, number];

function paletteOf(random: () => number): Buffer {
	const hue = random() * 360;
	const hill = hue + 90 + random() * 120;
	const ramps: ReadonlyArray<readonly [Colour, Colour]> = [
		[colour(hue, 0.6, 0.35), colour(hue + 40, 0.75, 0.85)],
		[colour(hue + 60, 0.95, 0.92), colour(hue + 20, 0.9, 0.68)],
		[colour(hill, 0.3, 0.55), colour(hill, 0.35, 0.4)],
		[colour(hill + 15, 0.4, 0.38), colour(hill + 15, 0.5, 0.16)],
	];
	const bytes = ramps.flatMap(([from, to]) =>
		Array.from({ length: rampLength }, (_unused, step) =>
			from.map((value, channel) =>
				Math.round(value + ((to[channel] ?? value) - value) * (step / (rampLength - 1))),
			),
		).flat(),
	);
	return Buffer.from([...bytes, 255, 255, 255]);
}

/** Red, green and blue of a hue in degrees, saturation and lightness from 0 to 1. */
function colour(hue: number, saturation: number, lightness: number): Colour {
	const reach = saturation * Math.min(lightness, 1 - lightness);
	const channel = (offset: number) => {
		const place = (offset + hue / 30) % 12;
		return 255 * (lightness - reach * Math.max(-1, Math.min(place - 3, 9 - place, 1)));
	};
	return [channel(0), channel(8), channel(4)];
}

/** The word EMULATED, five dots high. */
const lettering = [
	'### #   # # # #    #  ### ### ##',
	'#   ## ## # # #   # #  #  #   # #',
	'##  # # # # # #   ###  #  ##  # #',
	'#   #   # # # #   # #  #  #   # #',
	'### #   # ### ### # #  #  ### ##',
];

function sign(pixels: Uint8Array, width: number, height: number): void {
	const dot = 4;
	lettering.forEach((row, line) => {
		for (let column = 0; column < row.length; column++) {
			if (row[column] !== '#') continue;
			for (let y = 0; y < dot; y++) {
				const at = (height - 36 + line * dot + y) * width + 16 + column * dot;
				pixels.fill(ink, at, at + dot);
			}
		}
	});
}
