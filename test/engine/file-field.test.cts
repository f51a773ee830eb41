import { createHash, randomBytes } from 'node:crypto';

import { binaryOf, type BinaryMode } from '../support/engine/engine.cjs';
import { useSession } from '../support/engine/session.cjs';

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const transcribe = (binaryPropertyName: string) => ({
	resource: 'model',
	operation: 'transcribe',
	model: 'whisper',
	binaryPropertyName,
});
const label = "'Input Data Field Name'";

describe.each<BinaryMode>(['default', 'filesystem'])('in binary mode %s', (mode) => {
	const session = useSession(mode);
	const [first, second] = [randomBytes(2_000), randomBytes(3_000)];
	const twoFiles = async () => ({
		data: await binaryOf(first, 'first.mp3', 'audio/mpeg'),
		Recording: await binaryOf(second, 'second.mp3', 'audio/mpeg'),
	});
	const sent = () => [...session.emulator.state.jobs.values()].map(({ file }) => file);

	test.each<[string, string]>([
		['={{ $json.typo }}', `${label} is empty`],
		['={{ null }}', `${label} is empty`],
		['={{ "" }}', `${label} is empty`],
		['={{ "  " }}', `${label} is empty`],
		['={{ ["Recording"] }}', `${label} must be the name of a field, but is a list`],
		['={{ [] }}', `${label} must be the name of a field, but is a list`],
		['={{ false }}', `${label} must be the name of a field, but is 'false'`],
		['={{ "recording" }}', "The item has no binary file 'recording'"],
		['={{ 0 }}', "The item has no binary file '0'"],
		['={{ $binary.typo }}', `${label} is empty`],
		['={{ {} }}', `The file in ${label} is not one that n8n can read`],
		['={{ $json }}', `The file in ${label} is not one that n8n can read`],
		['={{ $binary }}', `The file in ${label} is not one that n8n can read`],
	])('%s is refused, and the item’s files are listed', async (source, message) => {
		const { error } = await session.run(transcribe(source), {
			items: [{ json: {}, binary: await twoFiles() }],
		});
		expect(error?.message).toBe(message);
		expect(error?.description).toContain('This item has: data, Recording.');
		expect(session.calls()).toEqual([]);
	});

	test('an item without files says so', async () => {
		const { error } = await session.run(transcribe('data'));
		expect(error).toMatchObject({
			message: "The item has no binary file 'data'",
			description: expect.stringContaining('This item has no files.'),
		});
	});

	test('files in the JSON (combined mode) are listed by their paths', async () => {
		const { data, Recording } = await twoFiles();
		const { error } = await session.run(transcribe('data'), {
			items: [{ json: { Recording, form: { more: [data] } } }],
			binaryMode: 'combined',
		});
		expect(error).toMatchObject({
			message: "The item has no binary file 'data'",
			description: expect.stringContaining('This item has: Recording, form.more.0.'),
		});
	});

	test.each(['Recording', ' Recording ', '={{ $binary.Recording }}', '={{ $json.field }}'])(
		'%j takes the file of that name',
		async (source) => {
			const items = [{ json: { field: 'Recording' }, binary: await twoFiles() }];
			const { error } = await session.run(transcribe(source), { items });
			expect(error).toBeUndefined();
			expect(sent()).toMatchObject([{ name: 'second.mp3', sha256: sha256(second) }]);
		},
	);

	test('a field that is not set is the one of the form', async () => {
		const { binaryPropertyName: _unset, ...parameters } = transcribe('');
		const items = [{ json: {}, binary: await twoFiles() }];
		await session.run(parameters, { items });
		expect(sent()).toMatchObject([{ name: 'first.mp3', sha256: sha256(first) }]);
	});
});

describe('in memory, where n8n’s $binary has no content', () => {
	const session = useSession('default');
	const item = async (one: Buffer, other: Buffer) => ({
		json: {},
		binary: {
			data: await binaryOf(one, 'a.mp3', 'audio/mpeg'),
			other: await binaryOf(other, 'a.mp3', 'audio/mpeg'),
		},
	});

	test('a file that two fields describe alike is named', async () => {
		const { error } = await session.run(transcribe('={{ $binary.other }}'), {
			items: [await item(randomBytes(500), randomBytes(500))],
		});
		expect(error).toMatchObject({
			message: `The file in ${label} is not one that n8n can read`,
			description: expect.stringMatching(
				/^It has no 'data'\. Enter the name .* has: data, other\.$/,
			),
		});
		expect(session.calls()).toEqual([]);
	});

	test('the same file in two fields is the file', async () => {
		const bytes = randomBytes(500);
		const items = [await item(bytes, bytes)];
		const { error } = await session.run(transcribe('={{ $binary.other }}'), { items });
		expect(error).toBeUndefined();
		const [job] = [...session.emulator.state.jobs.values()];
		expect(job?.file).toMatchObject({ sha256: sha256(bytes) });
	});
});
