import type { IDataObject } from 'n8n-workflow';

import { callbackOf as callback, useCallbacks } from '../support/engine/callback-session.cjs';
import { binaryOf, bytesOf, textOf } from '../support/engine/engine.cjs';
import { useSession } from '../support/engine/session.cjs';

const session = useSession();
const callbacks = useCallbacks(session);
const started = async () => {
	// The sender is answered before the files are stored.
	while (callbacks.listener.started.length === 0) await new Promise((done) => setImmediate(done));
	return callbacks.listener.started[0] ?? [];
};
const recording = async (name: string) => [
	{ json: { row: 7 }, binary: { data: await binaryOf(Buffer.from('x'), name, 'audio/mpeg') } },
];
const transcribe = (parameters: IDataObject = {}): IDataObject => ({
	resource: 'model',
	operation: 'transcribe',
	model: 'whisper',
	parameters: { transcription_format: 'srt' },
	...parameters,
});
const draw = (parameters: IDataObject = {}): IDataObject => ({
	resource: 'model',
	operation: 'generateImage',
	model: 'txt2img',
	prompt: 'A boat',
	parameters: { samples: 3 },
	...parameters,
});
/** The process ID of a job that was submitted and has ended. */
const submit = async (parameters: IDataObject, name = 'talk.mp3') => {
	const items = await recording(name);
	const { items: out } = await session.run({ ...parameters, waitForCompletion: false }, { items });
	return textOf(out[0], 'process_id');
};

describe('subtitles', () => {
	test('are a file too, named after the recording, in the chosen field', async () => {
		const { items } = await session.run(transcribe({ options: { outputBinaryField: 'subs' } }), {
			items: await recording('My talk.mp3'),
		});
		expect(items[0]?.binary).toEqual({
			subs: expect.objectContaining({
				fileName: 'My talk.srt',
				fileExtension: 'srt',
				mimeType: 'application/x-subrip',
			}),
		});
		expect((await bytesOf(items[0], 'subs')).toString()).toBe(items[0]?.json['text']);
		expect(items[0]?.json['text']).toMatch(/^1\n00:00:00,000 --> /);
		expect(items[0]?.json['download_failed']).toBeUndefined();
	});

	test('are named after the URL of the recording', async () => {
		const fileUrl = 'https://example.test/a/My%20talk.mp3?b=1';
		const { items } = await session.run(transcribe({ fileSource: 'url', fileUrl }));
		expect(items[0]?.binary?.['data']?.fileName).toBe('My talk.srt');
	});

	test('are only text with Download off, and plain text is no file', async () => {
		const items = await recording('talk.mp3');
		const off = await session.run(transcribe({ download: false }), { items });
		expect(off.items[0]?.json['text']).toContain('-->');
		expect(off.items[0]?.binary).toBeUndefined();
		const plain = await session.run(transcribe({ parameters: {} }), { items });
		expect(plain.items[0]?.binary).toBeUndefined();
	});

	test('come from Job > Wait and from the trigger too, named after the job', async () => {
		const id = await submit(transcribe());
		const waited = await session.run({ resource: 'job', operation: 'wait', processId: id });
		await callbacks.start();
		await callbacks.send(callback(id));
		const [item] = await started();
		expect(item?.binary?.['data']?.fileName).toBe(`${id}.srt`);
		expect(waited.items[0]?.binary?.['data']?.fileName).toBe(`${id}.srt`);
		expect((await bytesOf(item)).equals(await bytesOf(waited.items[0]))).toBe(true);
	});
});

describe('One Item per File', () => {
	const itemPerFile = { options: { itemPerFile: true, outputBinaryField: 'boat' } };

	test('gives each image an item, paired with the input', async () => {
		const { items, hints } = await session.run(draw(itemPerFile), {
			items: [{ json: {} }, { json: {} }],
		});
		const [first, second] = items;
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual(
			[0, 0, 0, 1, 1, 1].map((item) => ({ item })),
		);
		expect(items.map(({ binary }) => Object.keys(binary ?? {}))).toEqual(items.map(() => ['boat']));
		expect(new Set(items.map(({ json }) => JSON.stringify(json['output']))).size).toBe(6);
		expect(first?.json['credit_used']).toEqual(expect.any(Number));
		expect(second?.json['credit_used']).toBeUndefined();
		expect(hints[0]?.message).toBe(`${Number(first?.json['credit_used']) * 2} credits used`);
		const id = textOf(second, 'process_id');
		expect(second?.binary?.['boat']?.fileName).toBe(`${id}_1.png`);
		expect(textOf(first, 'process_id')).toBe(id);
	});

	test('gives each URL an item with Download off', async () => {
		const { items } = await session.run(draw({ ...itemPerFile, download: false }));
		expect(items.map(({ json }) => json['output'])).toEqual(
			[0, 1, 2].map((index): unknown => [expect.stringContaining(`_${index}.png`)]),
		);
	});

	test('gives the same items from Job > Get and from the trigger', async () => {
		const id = await submit(draw());
		const got = await session.run({
			resource: 'job',
			operation: 'get',
			processId: id,
			...itemPerFile,
		});
		await callbacks.start(itemPerFile);
		await callbacks.send({ ...callback(id), model_name: 'txt2img' });
		const items = await started();
		expect(items.map(({ json }) => json)).toEqual(
			got.items.map(({ json }) => ({ ...json, model: 'txt2img' })),
		);
		expect(items.map(({ binary }) => binary?.['boat']?.fileName)).toEqual(
			[0, 1, 2].map((index) => `${id}_${index}.png`),
		);
	});

	test('a file that the trigger cannot download is told in its item only', async () => {
		const id = await submit(draw());
		await callbacks.start(itemPerFile);
		session.emulator.state.faults.push({ path: '_1.png', status: 410, times: 9 });
		await callbacks.send(callback(id));
		const items = await started();
		expect(items.map(({ json }) => typeof json['download_failed'])).toEqual([
			'undefined',
			'string',
			'undefined',
		]);
		expect(items.map(({ binary }) => binary?.['boat']?.fileName)).toEqual([
			`${id}_0.png`,
			undefined,
			`${id}_2.png`,
		]);
	});
});

describe('Include Input Fields', () => {
	const include = { options: { includeInputFields: true } };
	const items = [{ json: { row: 7, status: 'mine', credit_used: 1000 } }];

	test('passes them on; fields of the result come first and win', async () => {
		const { items: out, hints } = await session.run(draw(include), { items });
		expect(Object.keys(out[0]?.json ?? {})[0]).toBe('output');
		expect(out[0]?.json).toMatchObject({ row: 7, status: 'COMPLETED' });
		expect(out[0]?.json['credit_used']).not.toBe(1000);
		expect(hints[0]?.message).not.toContain('1,000');
	});

	test('of each item, to each of its files', async () => {
		const { items: out } = await session.run(
			draw({ options: { includeInputFields: true, itemPerFile: true } }),
			{ items: [{ json: { row: 1 } }, { json: { row: 2 } }] },
		);
		expect(out.map(({ json }) => json['row'])).toEqual([1, 1, 1, 2, 2, 2]);
	});

	test('leaves the files out that combined mode keeps among them', async () => {
		const [item] = await recording('talk.mp3');
		const json = { row: 7, _files: { recording: item?.binary.data } };
		const run = async (binaryMode?: 'combined') =>
			await session.run(draw(include), { items: [{ json }], ...(binaryMode && { binaryMode }) });
		const { items: out } = await run('combined');
		expect(out[0]?.json).toMatchObject({ row: 7, status: 'COMPLETED' });
		expect(out[0]?.json['_files'] ?? {}).not.toHaveProperty('recording');
		// In any other mode it is a field like others.
		expect((await run()).items[0]?.json['_files']).toHaveProperty('recording');
	});

	test('does not count credits of the input as used', async () => {
		const { hints, items: out } = await session.run(
			draw({ ...include, waitForCompletion: false }),
			{
				items,
			},
		);
		expect(out[0]?.json).toMatchObject({ row: 7, process_id: expect.any(String) });
		expect(JSON.stringify(hints)).not.toContain('1,000');
	});

	test('leaves them out unless it is on', async () => {
		const { items: out } = await session.run(draw(), { items });
		expect(out[0]?.json['row']).toBeUndefined();
	});

	test.each<[string, IDataObject]>([
		['Job > Get', { resource: 'job', operation: 'get' }],
		['Job > Wait', { resource: 'job', operation: 'wait' }],
	])('%s has it too', async (_name, parameters) => {
		const processId = await submit(draw());
		const { items: out } = await session.run({ ...parameters, processId, ...include }, { items });
		expect(out[0]?.json).toMatchObject({ row: 7, process_id: processId });
	});

	test('File > Upload has it too', async () => {
		const { items: out } = await session.run(
			{ resource: 'file', operation: 'upload', ...include },
			{ items: await recording('talk.mp3') },
		);
		expect(out[0]?.json).toMatchObject({ row: 7, filename: 'talk.mp3' });
	});

	test('is checked before anything is billed', async () => {
		const { error } = await session.run(draw({ options: { includeInputFields: '={{ [] }}' } }), {
			items,
		});
		expect(error?.message).toBe("'Include Input Fields' must be true or false");
		expect(session.emulator.state.jobs.size).toBe(0);
	});
});

test('text comes first in the simplified output', async () => {
	const { items } = await session.run({
		resource: 'model',
		operation: 'generateText',
		model: 'llama2-7b-chat',
		prompt: 'Hello',
	});
	expect(Object.keys(items[0]?.json ?? {})[0]).toBe('text');
});
