import { crc32 } from 'node:zlib';
import { numberInput, textInput } from '../parameters.mts';
import { wavHeader } from '../speech/wav.mts';

const defaultRate = 25_000;
const minRate = 4_000;
const maxRate = 192_000;
const secondsPerWord = 0.35;
const maxSeconds = 60;
/** Hertz. */
const lowestPitch = 220;

/** A WAV with a tone for each word of the prompt, the same for the same word: clearly no voice. */
export function emulatedSound(inputs: Readonly<Record<string, unknown>>): Buffer {
	const asked = numberInput(inputs, 'sample_rate') ?? defaultRate;
	const sampleRate = Math.min(maxRate, Math.max(minRate, Math.round(asked)));
	const words = textInput(inputs, 'prompt')
		.split(/\s+/)
		.filter((word) => word !== '');
	const seconds = Math.min(maxSeconds, Math.max(1, words.length) * secondsPerWord);
	const count = Math.round(seconds * sampleRate);
	const samples = Buffer.alloc(count * 2);
	const pitches = words.map((word) => lowestPitch + 20 * (crc32(word) % 12));
	for (let index = 0; index < count; index++) {
		const time = index / sampleRate;
		const word = Math.floor(time / secondsPerWord);
		const within = (time % secondsPerWord) / secondsPerWord;
		const pitch = pitches[word] ?? lowestPitch;
		// Fades in and out, so that tones are told apart and do not click.
		const loudness = 8_000 * Math.sin(Math.PI * within);
		samples.writeInt16LE(Math.round(loudness * Math.sin(2 * Math.PI * pitch * time)), index * 2);
	}
	const header = wavHeader({ sampleRate, channels: 1, bitsPerSample: 16 }, samples.length);
	return Buffer.concat([header, samples]);
}
