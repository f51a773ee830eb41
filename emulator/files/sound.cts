import { asText } from '../as-text.cjs';
import { randomFrom } from '../random.cjs';
import { encodeWav } from './wav.cjs';

const defaultRate = 25000;
/** Beyond this no player follows, and the file would only cost memory. */
const highestRate = 192000;

/** Notes of a pentatonic scale, as half tones above its lowest: any order of them sounds well. */
const scale = [0, 2, 4, 7, 9, 12];
const noteSeconds = 0.25;

/** Plays a soft melody of one to three seconds, always the same for the same text, as a WAV file. */
export function melody({ prompt, sample_rate: given }: Readonly<Record<string, unknown>>): Buffer {
	const text = asText(prompt);
	const rate = Math.min(highestRate, isRate(given) ? given : defaultRate);
	const random = randomFrom(text);
	const notes = Math.min(12, 4 + Math.floor(text.length / 10));
	const perNote = Math.round(rate * noteSeconds);
	const samples = new Float32Array(perNote * notes);
	for (let note = 0; note < notes; note++) {
		const halfTone = scale[Math.floor(random() * scale.length)] ?? 0;
		const turn = (2 * Math.PI * 262 * 2 ** (halfTone / 12)) / rate;
		for (let index = 0; index < perNote; index++) {
			const part = index / perNote;
			const loudness = 0.35 * Math.min(1, part * 20) * (1 - part) ** 1.5;
			samples[note * perNote + index] =
				loudness * (Math.sin(turn * index) + 0.25 * Math.sin(2 * turn * index));
		}
	}
	return encodeWav(samples, rate, '[emulated] played by the MonsterAPI emulator, not by a model');
}

const isRate = (value: unknown): value is number =>
	typeof value === 'number' && Number.isInteger(value) && value > 0;
