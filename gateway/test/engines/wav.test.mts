import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { EngineError } from '../../src/engines/engine.mts';
import { joinWavs, readWavFormat, wavHeader, wavSeconds } from '../../src/engines/speech/wav.mts';
import { temporaryFolder } from './support.mts';

const form = { sampleRate: 8_000, channels: 1, bitsPerSample: 16 };

const wav = (samples: Buffer, saidLength = samples.length, extraChunk = Buffer.alloc(0)) => {
	const header = wavHeader(form, saidLength);
	return Buffer.concat([header.subarray(0, 36), extraChunk, header.subarray(36), samples]);
};

test('joins the samples of WAVs, whatever their headers say about the length', async (t) => {
	const folder = await temporaryFolder(t);
	const list = Buffer.concat([Buffer.from('LIST'), Buffer.from([3, 0, 0, 0, 1, 2, 3, 0])]);
	const parts = [
		wav(Buffer.from([1, 0, 2, 0])),
		wav(Buffer.from([3, 0]), 0xffffffff),
		wav(Buffer.from([4, 0]), 0, list),
		wav(Buffer.alloc(0)),
	];
	const paths = await Promise.all(
		parts.map(async (data, index) => {
			const path = join(folder, String(index));
			await writeFile(path, data);
			return path;
		}),
	);
	const to = join(folder, 'joined.wav');
	const format = await joinWavs(paths, to);
	assert.deepEqual(await readFile(to), wav(Buffer.from([1, 0, 2, 0, 3, 0, 4, 0])));
	assert.deepEqual(await readWavFormat(to), format);
	assert.equal(wavSeconds(format), 4 / 8_000);
});

test('refuses parts that do not fit together, or are no WAV', async (t) => {
	const folder = await temporaryFolder(t);
	const one = join(folder, 'one');
	const other = join(folder, 'other');
	await writeFile(one, wav(Buffer.alloc(8)));
	await writeFile(other, wavHeader({ ...form, sampleRate: 16_000 }, 0));
	await assert.rejects(joinWavs([one, other], join(folder, 'a')), EngineError);
	for (const data of ['ID3\x03mp3', '', 'RIFF', 'RIFF\0\0\0\0WAVEdata\xff\xff\xff\xff']) {
		await writeFile(other, data, 'latin1');
		assert.equal(await readWavFormat(other), undefined);
		await assert.rejects(joinWavs([other], join(folder, `b${data.length}`)), EngineError);
	}
});
