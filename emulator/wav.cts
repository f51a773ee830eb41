/** Bytes of a WAV header up to the first sample, as `encodeWav` writes it. */
const headerBytes = 44;

/**
 * Makes a WAV file of one channel with 16 bits per sample.
 * @param samples -1 to 1 each
 * @param sampleRate hertz
 * @param comment stands in the file's information, after the samples
 */
export function encodeWav(samples: Float32Array, sampleRate: number, comment: string): Buffer {
	const data = Buffer.alloc(samples.length * 2);
	samples.forEach((sample, index) => data.writeInt16LE(Math.round(sample * 32767), index * 2));
	const note = chunk('ICMT', Buffer.from(`${comment}\0`));
	const info = chunk('LIST', Buffer.concat([Buffer.from('INFO'), note]));

	const header = Buffer.alloc(headerBytes);
	header.write('RIFF', 0, 'latin1');
	header.writeUInt32LE(headerBytes - 8 + data.length + info.length, 4);
	header.write('WAVEfmt ', 8, 'latin1');
	header.writeUInt32LE(16, 16);
	header.writeUInt16LE(1, 20);
	header.writeUInt16LE(1, 22);
	header.writeUInt32LE(sampleRate, 24);
	header.writeUInt32LE(sampleRate * 2, 28);
	header.writeUInt16LE(2, 32);
	header.writeUInt16LE(16, 34);
	header.write('data', 36, 'latin1');
	header.writeUInt32LE(data.length, 40);
	return Buffer.concat([header, data, info]);
}

/** A RIFF chunk, padded to an even length as the format wants. */
function chunk(id: string, content: Buffer): Buffer {
	const head = Buffer.alloc(8);
	head.write(id, 0, 'latin1');
	head.writeUInt32LE(content.length, 4);
	return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
}

/**
 * Playing time of a WAV file, told from its beginning alone.
 * @returns undefined when the file is no WAV file, or its header goes on beyond the given bytes
 */
export function wavSeconds(head: Buffer): number | undefined {
	if (head.length < 12 || head.toString('latin1', 0, 4) !== 'RIFF') return undefined;
	if (head.toString('latin1', 8, 12) !== 'WAVE') return undefined;
	let bytesPerSecond = 0;
	for (let at = 12; at + 8 <= head.length; ) {
		const id = head.toString('latin1', at, at + 4);
		const length = head.readUInt32LE(at + 4);
		if (id === 'fmt ' && at + 20 <= head.length) bytesPerSecond = head.readUInt32LE(at + 16);
		if (id === 'data') return bytesPerSecond > 0 ? length / bytesPerSecond : undefined;
		at += 8 + length + (length % 2);
	}
	return undefined;
}
