import { createHash, randomBytes } from 'node:crypto';

import type { IBinaryData } from 'n8n-workflow';

import { binaryOf, type BinaryMode } from '../support/engine/engine.cjs';
import { useSession } from '../support/engine/session.cjs';

const transcribe = { resource: 'model', operation: 'transcribe', model: 'whisper' };
const bytes = randomBytes(3_000);
const base64 = bytes.toString('base64');
const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex');
const unreadable = "The file in field 'data' is not one that n8n can read";
const missingId = 'filesystem-v2:workflows/w/executions/e/binary_data/nowhere';

/** A Code node can return anything. */
const asBinary = (value: unknown) => value as IBinaryData;
const itemsWith = (data: unknown) => [{ json: {}, binary: { data: asBinary(data) } }];

describe.each<BinaryMode>(['default', 'filesystem'])('in binary mode %s a file by hand', (mode) => {
	const session = useSession(mode);

	test.each<[string, object, string]>([
		['without a type', { fileName: 'talk.mp3' }, 'talk.mp3'],
		['with a type of null', { fileName: 'talk.mp3', mimeType: null, id: null }, 'talk.mp3'],
		['with a type that is none', { fileName: 'talk.mp3', mimeType: 'mp3' }, 'talk.mp3'],
		['without a name', { mimeType: 'audio/x-m4a' }, 'file.m4a'],
		['with an empty name', { mimeType: 'audio/ogg', fileName: '' }, 'file.ogg'],
		['as a data URL', { data: `data:audio/mpeg;base64,${base64}`, fileName: 'a.mp3' }, 'a.mp3'],
		[
			'as a data URL without a type',
			{ data: `DATA:;BASE64,${base64}`, fileName: 'a.wav' },
			'a.wav',
		],
		['as nothing but a data URL', { data: `data:audio/wav;x=y;base64,${base64}` }, 'file.wav'],
		['with a dot in its extension', { fileName: 'talk', fileExtension: '.mp3' }, 'talk.mp3'],
		[
			'with digits for an extension',
			{ fileName: 'Call 10.30', fileExtension: '30', mimeType: 'audio/mp3' },
			'Call 10.30.mp3',
		],
		[
			'with blanks in its extension',
			{ fileName: 'talk', fileExtension: 'a b', mimeType: 'audio/mpeg' },
			'talk.mp3',
		],
		['as base64url', { data: bytes.toString('base64url'), fileName: 'a.mp3' }, 'a.mp3'],
		[
			'with line breaks',
			{ data: base64.replaceAll(/.{76}/g, '$&\r\n'), fileName: 'a.mp3' },
			'a.mp3',
		],
	])('%s is sent', async (_what, facts, name) => {
		const items = itemsWith({ data: base64, ...facts });
		const { error } = await session.run(transcribe, { items });
		expect(error).toBeUndefined();
		const [job] = [...session.emulator.state.jobs.values()];
		expect(job?.file).toMatchObject({ name, sha256: sha256(bytes) });
	});

	test.each<[string, unknown]>([
		['a Buffer for its content', { data: bytes, fileName: 'talk.mp3' }],
		['a Buffer in JSON', { data: bytes.toJSON(), fileName: 'talk.mp3', mimeType: 'audio/mpeg' }],
		['no content', { fileName: 'talk.mp3', mimeType: 'audio/mpeg' }],
		['content that is null', { data: null, fileName: 'talk.mp3' }],
		['a number for its content', { data: 42, fileName: 'talk.mp3' }],
		['a text for its content', { data: 'Hello, everybody!', fileName: 'talk.mp3' }],
		['cut-off Base64', { data: `${base64}A`, fileName: 'talk.mp3' }],
		['Base64 after its end', { data: `QQ==${base64}`, fileName: 'talk.mp3' }],
		['a data URL without Base64', { data: 'data:audio/mpeg,hello', fileName: 'talk.mp3' }],
		['a data URL without content', { data: 'data:audio/mpeg;base64', fileName: 'talk.mp3' }],
		['the name of a storage for its content', { data: 'filesystem', fileName: 'talk.mp3' }],
		['a number for its name', { data: base64, fileName: 42, mimeType: 'audio/mpeg' }],
		['a number for its type', { data: base64, fileName: 'talk.mp3', mimeType: 42 }],
		['a list for its type', { data: base64, fileName: 'talk.mp3', mimeType: ['audio/mpeg'] }],
		['a number for its extension', { data: base64, fileName: 'talk.mp3', fileExtension: 3 }],
		['a number for its id', { data: base64, fileName: 'talk.mp3', id: 42 }],
		[
			'an id of nothing',
			{ data: 'filesystem-v2', id: missingId, mimeType: 'audio/mpeg', bytes: 9 },
		],
		['an id of no storage', { data: base64, id: 'elsewhere:x', fileName: 'talk.mp3' }],
		['an id that is none', { data: base64, id: 'x', fileName: 'talk.mp3' }],
	])('with %s is refused before anything is sent', async (_what, value) => {
		const { error } = await session.run(transcribe, { items: itemsWith(value) });
		expect(error?.message).toBe(unreadable);
		expect(error?.description).toMatch(/^(Its|It has|n8n’s) .+\. .*prepareBinaryData/);
		expect(session.calls()).toEqual([]);
	});

	test.each<[string, unknown]>([
		['a text', base64],
		['a Buffer', bytes],
		['a list', [bytes]],
		['null', null],
		['a number', 42],
	])('that is %s is refused', async (_what, value) => {
		const { error } = await session.run(transcribe, { items: itemsWith(value) });
		expect(error?.message).toBe(unreadable);
		expect(session.calls()).toEqual([]);
	});

	test.each(['', ' \n', '=='])('with %j for its content is empty', async (data) => {
		const items = itemsWith({ data, fileName: 'talk.mp3', mimeType: 'audio/mpeg' });
		const { error } = await session.run(transcribe, { items });
		expect(error?.message).toBe("The file 'talk.mp3' is empty");
		expect(session.calls()).toEqual([]);
	});

	test('may be in the JSON (combined mode), with or without a type', async () => {
		const files = { talk: { data: base64, fileName: 'talk.mp3' } };
		const { error } = await session.run(
			{ ...transcribe, binaryPropertyName: 'files.talk' },
			{ items: [{ json: { files } }], binaryMode: 'combined' },
		);
		expect(error).toBeUndefined();
		const [job] = [...session.emulator.state.jobs.values()];
		expect(job?.file).toMatchObject({ name: 'talk.mp3', sha256: sha256(bytes) });
	});

	test('in the JSON is refused like any other', async () => {
		const { error } = await session.run(
			{ ...transcribe, binaryPropertyName: 'files[0]' },
			{
				items: [{ json: { files: [{ fileName: 'talk.mp3', data: 42 }] } }],
				binaryMode: 'combined',
			},
		);
		expect(error?.message).toBe("The file in field 'files[0]' is not one that n8n can read");
	});

	test.each([5, -1, '7', 9_000_000])('is sent whole if it claims %j bytes', async (size) => {
		const stored = await binaryOf(bytes, 'talk.mp3', 'audio/mpeg');
		const { error } = await session.run(transcribe, {
			items: itemsWith({ ...stored, bytes: size }),
		});
		expect(error).toBeUndefined();
		const [job] = [...session.emulator.state.jobs.values()];
		expect(job?.file).toMatchObject({ source: 'part', size: 3_000, sha256: sha256(bytes) });
	});
});
