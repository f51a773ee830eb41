import { parseJobState } from '../../../nodes/core/api/status';
import { missingFiles, outputAddresses } from '../../../nodes/core/jobs/outputFiles';

const baseUrl = 'https://api.test/v1';
const stateOf = (body: object) => {
	const parsed = parseJobState({ process_id: 'p', ...body }, 'p', []);
	if ('unreadable' in parsed) throw new Error(parsed.unreadable);
	return parsed.value;
};
const completed = (result: unknown) => stateOf({ status: 'COMPLETED', result });

const a = 'https://f.test/a.png';
const b = 'https://f.test/b.png';
const data = 'data:image/png;base64,iVBORw0KGgo=';
const bytes = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB';

describe('the files of a result', () => {
	test.each<[string, unknown, string[]]>([
		['a list, as documented', { output: [a, b] }, [a, b]],
		['a single URL', { output: a }, [a]],
		['the result itself', a, [a]],
		['a bare list', [a, b], [a, b]],
		['nested lists', { output: [[a], [[b]]] }, [a, b]],
		['objects with a url', { output: [{ url: a, seed: 1 }, { url: b }] }, [a, b]],
		['an image', { output: [{ image: a }] }, [a]],
		['an audio', { output: { audio: a } }, [a]],
		['an image without output', { image: a }, [a]],
		['images without output', { images: [a, { url: b }] }, [a, b]],
		['a URL with a name of its own', { image_url: a }, [a]],
		['several of them', { imageUrls: [a, b], seed: 7 }, [a, b]],
		['files in a wrapper', { data: { files: [{ download_url: a }] } }, [a]],
		['OpenAI’s list', { created: 1, data: [{ url: a }, { url: b }] }, [a, b]],
		['entries by number', { output: { 0: a, 1: b } }, [a, b]],
		['entries by a name of their own', { output: { front: a, back: b } }, [a, b]],
		['a copy and a preview', { output: [{ url: a, download_url: b, thumbnail: b }] }, [a]],
		['a path beside the URL', { output: [{ path: '/tmp/a.png', url: a }] }, [a]],
		['a path', { output: ['/files/a.png'] }, ['https://api.test/files/a.png']],
		['a relative path', { output: ['./a.png'] }, ['https://api.test/a.png']],
		['a name', { output: ['p_0.png'] }, ['https://api.test/p_0.png']],
		['a URL without its protocol', { output: ['//cdn.test/a'] }, ['https://cdn.test/a']],
		['a data: URL', { output: [data] }, [data]],
		['a data: URL in an object', { image: { data } }, [data]],
		['Base64', { images: [bytes] }, [`data:;base64,${bytes}`]],
		['Base64 of a JPEG', { output: `/9j/${bytes}` }, [`data:;base64,/9j/${bytes}`]],
		['OpenAI’s Base64', { data: [{ b64_json: bytes }] }, [`data:;base64,${bytes}`]],
		['what is no file beside them', { output: [a, 'file:///etc/passwd', 7, null, b] }, [a, b]],
		['none in a text', { text: 'see https://f.test/a.png' }, []],
		['none beside a text', { text: 'Hi', audio: a }, []],
		['none in what the job was given', { input: { init_image_url: a }, prompt: a }, []],
		['none in other addresses', { webhook_url: a, status_url: b }, []],
		['none in words', { output: ['a sunny day', 'javascript:alert(1)', 'C:\\a.png', ''] }, []],
		['none that is no URL', { output: ['https://'] }, []],
		['none in numbers', { output: { score: 0.9 } }, []],
	])('%s', (_name, result, addresses) =>
		expect(outputAddresses(completed(result), baseUrl)).toEqual(addresses),
	);

	test('are none before it has ended, and none below all bounds', () => {
		expect(outputAddresses(stateOf({ status: 'IN_QUEUE' }), baseUrl)).toEqual([]);
		let deep: unknown = a;
		for (let level = 0; level < 10_000; level++) deep = [deep];
		expect(outputAddresses(completed({ output: deep }), baseUrl)).toEqual([]);
	});

	test('are found in a long list, and beside long texts, in no time', () => {
		const words = `${'x/'.repeat(100_000)}${' '.repeat(100_000)}`;
		const output = [words, ...Array.from({ length: 10_000 }, () => ({ image: words, url: a }))];
		expect(outputAddresses(completed({ output }), baseUrl)).toHaveLength(10_000);
	});
});

describe('a missing file', () => {
	const missing = (result: unknown, model?: string) =>
		missingFiles(completed(result), model, baseUrl);

	test.each<[unknown, string]>([
		[{ output: [] }, 'No file was found in the result'],
		[{ output: ['a sunny day'] }, 'No file was found in the result'],
		[{ output: { score: 0.9 } }, 'No file was found in the result'],
		[{ verbose: [1, 2] }, 'No file was found in the result'],
		[null, 'No file was found in the result'],
		[{ output: [a, 'ftp://f.test/b.png', null] }, 'No file was found in 2 of the 3 outputs'],
	])('in %j is told', (result, text) => expect(missing(result)).toBe(text));

	test.each<[unknown, string | undefined]>([
		[{ output: [a, b] }, undefined],
		[{ text: 'Hi' }, undefined],
		['Hi', undefined],
		[{ text: '' }, undefined],
		[{ text: 'Hi', output: { tokens: 2 } }, undefined],
		[{ data: ['00:00:01,250 --> 00:00:01,900 :: Hello'] }, undefined],
		[{ text: { Sequence: [{ transcription: 'Hi' }] } }, undefined],
		[{ verbose: [1, 2] }, 'whisper'],
		[null, 'llama2-7b-chat'],
	])('is not told of %j (%s)', (result, model) => expect(missing(result, model)).toBeUndefined());

	test('is not told of a job that runs or has failed', () => {
		for (const status of ['IN_PROGRESS', 'FAILED']) {
			expect(missingFiles(stateOf({ status, result: {} }), undefined, baseUrl)).toBeUndefined();
		}
	});
});
