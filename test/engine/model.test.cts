import { createHash, randomBytes } from 'node:crypto';

import { binaryOf, bytesOf, logLines } from '../support/engine/engine.cjs';
import { useSession } from '../support/engine/session.cjs';

const session = useSession();
const model = (operation: string, parameters: object) => ({
	resource: 'model',
	operation,
	...parameters,
});
const onlyJob = () => {
	const [job] = [...session.emulator.state.jobs.values()];
	if (job === undefined) throw new Error('no job was accepted');
	return job;
};
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('generateText', () => {
	const say = { model: 'llama2-7b-chat', prompt: 'Say hello' };

	test('returns the simplified job', async () => {
		const { items } = await session.run(
			model('generateText', { ...say, parameters: { max_length: 64, temp: 0.5 } }),
		);
		expect(items).toEqual([
			{
				json: {
					process_id: onlyJob().processId,
					model: 'llama2-7b-chat',
					status: 'COMPLETED',
					text: expect.stringContaining('emulated'),
					credit_used: expect.any(Number),
				},
				pairedItem: { item: 0 },
			},
		]);
		expect(onlyJob().inputs).toEqual({ prompt: 'Say hello', max_length: 64, temp: 0.5 });
	});

	test('sends nothing that was not set', async () => {
		await session.run(model('generateText', say));
		expect(onlyJob().inputs).toEqual({ prompt: 'Say hello' });
	});

	test('returns the API’s response as received if it is not simplified', async () => {
		const { items } = await session.run(model('generateText', { ...say, simplify: false }));
		expect(items[0]?.json).toMatchObject({
			process_id: onlyJob().processId,
			model: 'llama2-7b-chat',
			status: 'COMPLETED',
			result: { text: expect.any(String) },
			overage: expect.any(Number),
		});
	});

	test('returns the acceptance at once if it does not wait', async () => {
		session.emulator.state.settings.workMs = 3_600_000;
		const { items } = await session.run(
			model('generateText', { ...say, waitForCompletion: false }),
		);
		const { processId } = onlyJob();
		expect(items[0]?.json).toMatchObject({
			process_id: processId,
			status_url: expect.stringContaining(processId),
			model: 'llama2-7b-chat',
		});
		expect(session.calls()).toEqual(['POST /v1/generate/llama2-7b-chat']);
	});

	test('merges the extra body, and refers to the webhook', async () => {
		session.expectViolations(/brand_new is not in the contract/);
		session.emulator.state.webhooks.set('mine', {
			url_name: 'mine',
			webhook_url: 'https://x.test',
		});
		await session.run(
			model('generateText', {
				...say,
				options: {
					extraBody: '{"top_k": 7, "brand_new": [1]}',
					webhookName: { __rl: true, mode: 'name', value: 'mine' },
				},
			}),
		);
		expect(session.emulator.state.requests[0]?.path).toContain('webhook_url_name=mine');
		expect(onlyJob().inputs).toMatchObject({ prompt: 'Say hello', top_k: 7 });
	});

	test('logs each accepted process ID', async () => {
		await session.run(model('generateText', say));
		expect(logLines.filter((line) => line.includes(onlyJob().processId))).toEqual([
			expect.stringMatching(/^info MonsterAPI accepted job [\w-]+ \(llama2-7b-chat\)/),
		]);
	});

	test.each<[string, object, RegExp, RegExp]>([
		['an empty prompt', { prompt: ' ' }, /prompt is empty/, /expression/],
		[
			'a value out of range',
			{ parameters: { temp: 2 } },
			/'Temperature' \(temp\) must be a number from 0 to 1, but is '2'/,
			/Llama 2 7B Chat/,
		],
		['a model of another operation', { model: 'sdxl-base' }, /another operation/, /llama2-7b-chat/],
		[
			'an invalid extra body',
			{ options: { extraBody: '[1]' } },
			/'Extra Body' must be a JSON object/,
			/double quotes/,
		],
		[
			'an invalid timeout',
			{ options: { timeout: -1 } },
			/'Timeout \(Seconds\)' must be a number/,
			/expression/,
		],
	])('rejects %s before anything is sent', async (_name, change, message, advice) => {
		const { error } = await session.run(model('generateText', { ...say, ...change }));
		expect(error?.message).toMatch(message);
		expect(error?.description).toMatch(advice);
		expect(session.calls()).toEqual([]);
	});

	test('throws the API’s reason when the job fails', async () => {
		const { error } = await session.run(
			model('generateText', { ...say, prompt: 'Say [fail: CUDA out of memory]' }),
		);
		expect(error?.message).toContain('CUDA out of memory');
		expect(error?.description).toContain(onlyJob().processId);
		expect(error?.context).toMatchObject({ itemIndex: 0 });
	});

	test('explains an error status of the API', async () => {
		session.emulator.state.faults.push({
			method: 'POST',
			status: 403,
			body: { message: 'Insufficient Credits. Please recharge...' },
		});
		const { error } = await session.run(model('generateText', say));
		expect(error?.message).toBe('The MonsterAPI account has no credits left for this');
		expect(error?.description).toContain('Insufficient Credits');
		expect(error?.httpCode).toBe('403');
	});

	test.each(['after', 'half'] as const)(
		'is never sent again when the connection breaks (%s)',
		async (drop) => {
			session.emulator.state.faults.push({ method: 'POST', drop });
			const { error } = await session.run(model('generateText', say));
			expect(error?.message).toContain('before MonsterAPI confirmed the job');
			expect(session.calls()).toHaveLength(1);
			expect(session.emulator.state.jobs.size).toBe(1);
		},
	);
});

describe('images', () => {
	test('generateImage downloads every sample as a real PNG', async () => {
		const { items } = await session.run(
			model('generateImage', {
				model: 'sdxl-base',
				prompt: 'A lighthouse',
				parameters: { samples: 2, style: 'anime' },
			}),
		);
		const [item] = items;
		const output = item?.json['output'];
		expect(output).toHaveLength(2);
		expect(Object.keys(item?.binary ?? {})).toEqual(['data', 'data_1']);
		for (const [index, field] of ['data', 'data_1'].entries()) {
			const address = Array.isArray(output) ? String(output[index]) : '';
			const expected = Buffer.from(await (await fetch(address)).arrayBuffer());
			expect((await bytesOf(item, field)).equals(expected)).toBe(true);
			expect(expected.subarray(1, 4).toString()).toBe('PNG');
			expect(item?.binary?.[field]).toMatchObject({
				mimeType: 'image/png',
				fileExtension: 'png',
				fileName: `${onlyJob().processId}_${index}.png`,
			});
		}
	});

	test('generateImage returns only URLs without download, and uses the chosen field name', async () => {
		const paint = { model: 'txt2img', prompt: 'A boat' };
		const urls = await session.run(model('generateImage', { ...paint, download: false }));
		expect(urls.items[0]?.binary).toBeUndefined();
		expect(urls.items[0]?.json['output']).toHaveLength(1);
		const named = await session.run(
			model('generateImage', { ...paint, options: { outputBinaryField: 'boat' } }),
		);
		expect(Object.keys(named.items[0]?.binary ?? {})).toEqual(['boat']);
	});

	test.each(['img2img', 'pix2pix', 'photo-maker'])(
		'editImage sends the file to %s within the call',
		async (id) => {
			const bytes = randomBytes(5_000);
			const { items, error } = await session.run(
				model('editImage', {
					model: id,
					prompt: 'Make it night',
					fileSource: 'binary',
					binaryPropertyName: 'photo',
				}),
				{
					items: [
						{ json: {}, binary: { photo: await binaryOf(bytes, 'Bär "1".png', 'image/png') } },
					],
				},
			);
			expect(error).toBeUndefined();
			expect(onlyJob().file).toMatchObject({
				field: 'init_image_url',
				source: 'part',
				mime: 'image/png',
				size: 5_000,
				sha256: sha256(bytes),
			});
			expect(items[0]?.binary?.['data']?.mimeType).toBe('image/png');
		},
	);

	test('editImage rejects other files with the supported formats', async () => {
		const { error } = await session.run(model('editImage', { model: 'pix2pix', prompt: 'x' }), {
			items: [
				{
					json: {},
					binary: { data: await binaryOf(Buffer.from('x'), 'a.pdf', 'application/pdf') },
				},
			],
		});
		expect(error?.description).toContain('jpeg, jpg, png');
		expect(session.calls()).toEqual([]);
	});

	test('editImage reports an item without a file', async () => {
		const { error } = await session.run(model('editImage', { model: 'pix2pix', prompt: 'x' }));
		expect(error?.message).toContain("binary file 'data'");
	});
});
