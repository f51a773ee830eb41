import { redactSecrets } from '../../../nodes/core/http/redaction';
import { parseJobState } from '../../../nodes/core/api/status';
import { readId, requireProcessId } from '../../../nodes/core/api/ids';
import { simplify, verbatim } from '../../../nodes/core/jobs/output';

const stateOf = (body: object) => {
	const reading = parseJobState({ process_id: 'p', ...body }, 'p', ['the-key']);
	if ('unreadable' in reading) throw new Error(reading.unreadable);
	return reading.value;
};
const completed = (result: unknown, more = {}) => stateOf({ status: 'COMPLETED', result, ...more });

describe('the simplified job', () => {
	test.each<[string, unknown, object]>([
		['a text', { text: 'hello' }, { text: 'hello' }],
		['an empty text', { text: '' }, { text: '' }],
		[
			'files',
			{ output: ['https://f/a.png', 'https://f/b.png'] },
			{ output: ['https://f/a.png', 'https://f/b.png'] },
		],
		[
			'words with times',
			{
				data: [
					'00:00:01,250 --> 00:00:01,900 :: Hello',
					'01:02:03,4 --> 01:02:04,000 :: there: you',
				],
			},
			{
				text: 'Hello there: you',
				segments: [
					{ start: 1.25, end: 1.9, text: 'Hello' },
					{ start: 3723.4, end: 3724, text: 'there: you' },
				],
			},
		],
		[
			'speakers',
			{
				text: {
					Sequence: [
						{ transcription: 'Hi', speaker: 0, start: 0, end: 1.5 },
						{ transcription: 'Ho', extra: 1 },
					],
				},
			},
			{
				text: 'Hi Ho',
				segments: [{ text: 'Hi', speaker: '0', start: 0, end: 1.5 }, { text: 'Ho' }],
			},
		],
		[
			'a text with segments',
			{ text: 'Hi', language: 'en', segments: [{ id: 0, start: 0, end: 1.5, text: 'Hi' }] },
			{ text: 'Hi', segments: [{ text: 'Hi', start: 0, end: 1.5 }] },
		],
		['a text with segments of an unknown form', { text: 'Hi', segments: [7] }, { text: 'Hi' }],
		['a text and files', { text: 'x', output: ['u'] }, { text: 'x', output: ['u'] }],
		['a bare text', 'hello', { text: 'hello' }],
		['a bare address', 'https://f/a.png', { output: 'https://f/a.png' }],
		['a bare list', ['https://f/a.png'], { output: ['https://f/a.png'] }],
		['an unknown shape, whole', { verbose: [1, 2] }, { output: { verbose: [1, 2] } }],
		['words of an unknown form, whole', { data: ['nonsense'] }, { output: { data: ['nonsense'] } }],
		[
			'speakers of an unknown form, whole',
			{ text: { Sequence: [1] } },
			{ output: { text: { Sequence: [1] } } },
		],
	])('holds %s', (_name, result, content) => {
		expect(simplify(completed(result, { credit_used: 3, overage: 0 }), 'm')).toEqual({
			process_id: 'p',
			model: 'm',
			status: 'COMPLETED',
			...content,
			credit_used: 3,
		});
	});

	test('has no result while the job runs, even if the API returns an empty one', () => {
		expect(simplify(stateOf({ status: 'IN_QUEUE', result: {} }), undefined)).toEqual({
			process_id: 'p',
			status: 'IN_QUEUE',
		});
	});

	test('has the message of a failed job, without secrets', () => {
		const failed = stateOf({
			status: 'FAILED',
			result: { errorMessage: 'the-key is out of credit' },
		});
		expect(simplify(failed, undefined)).toEqual({
			process_id: 'p',
			status: 'FAILED',
			message: '… is out of credit',
		});
		expect(stateOf({ status: 'FAILED', result: null }).failure).toBe('MonsterAPI gave no reason');
		expect(stateOf({ status: 'FAILED', message: 'too bad' }).failure).toBe('too bad');
		expect(stateOf({ status: 'FAILED', result: 'no GPU' }).failure).toBe('no GPU');
	});

	test('takes the model from the response if it is not known otherwise', () => {
		expect(simplify(completed({ text: 'x' }, { model_name: 'whisper' }), undefined)).toMatchObject({
			model: 'whisper',
		});
	});
});

test('the raw job is the response as received, with the model', () => {
	const body = { status: 'COMPLETED', result: { text: 'x', odd: [1] }, credit_used: 1, overage: 0 };
	expect(verbatim(stateOf(body), 'm')).toEqual({ process_id: 'p', ...body, model: 'm' });
});

test.each([[], 'text', null, 7, {}, { status: 7 }, { status: '' }])(
	'%j is no job status',
	(body) => {
		expect(parseJobState(body, 'p', [])).toHaveProperty('unreadable');
	},
);

describe('a process ID', () => {
	test.each(['0b7e3c1e-1111-2222-3333-444455556666', 'aaaaaa-bbbbbb-cc-ggh', 'a.b_c'])(
		'%s is valid',
		(id) => expect(readId(id)).toBe(id),
	);
	test.each([
		'',
		'.',
		'..',
		'../x',
		'a/b',
		'a b',
		'a?b',
		'a%2fb',
		'x'.repeat(129),
		1.5,
		2 ** 60,
		null,
		{},
		'ä',
	])('%j is invalid', (id) => expect(readId(id)).toBeUndefined());
	test('may be a number', () => expect(readId(12345)).toBe('12345'));
	test('from a user is trimmed, and rejected with advice', () => {
		expect(requireProcessId(' a-b ')).toBe('a-b');
		expect(requireProcessId(42)).toBe('42');
		expect(() => requireProcessId('')).toThrow('is empty');
		expect(() => requireProcessId('../admin')).toThrow('not a valid MonsterAPI ID');
		expect(() => requireProcessId({})).toThrow('is empty');
	});
});

test('the raw job contains no webhook token, and its file URLs are unchanged', () => {
	const output = ['https://storage.test/a.png?token=needed'];
	const webhook_url = 'https://n8n.test/webhook/a/webhook?token=SECRET';
	expect(verbatim(completed({ output }, { webhook_url }), undefined)).toMatchObject({
		webhook_url: 'https://n8n.test/webhook/a/webhook?token=…',
		result: { output },
	});
});

test.each([
	['https://n8n.test/webhook?token=SECRET#end', 'https://n8n.test/webhook?token=…#end'],
	[
		'{"url":"https://n8n.test/?a=1&token=SECRET","b":2}',
		'{"url":"https://n8n.test/?a=1&token=…","b":2}',
	],
	['<a href="/?a=1&amp;token=SECRET">', '<a href="/?a=1&amp;token=…">'],
	['"/?a=1\\u0026token=SECRET"', '"/?a=1\\u0026token=…"'],
	['https://n8n.test/webhook?token=SEC%26RET', 'https://n8n.test/webhook?token=…'],
	["https://n8n.test/webhook?token=SEC'RET", 'https://n8n.test/webhook?token=…'],
	[
		'/go?to=https%3A%2F%2Fn8n.test%2F%3Ftoken%3DSEC%2BRET%26b%3D1',
		'/go?to=https%3A%2F%2Fn8n.test%2F%3Ftoken%3D…%26b%3D1',
	],
])('no token in %s, whether told as an answer or as an error', (text, shown) => {
	expect(verbatim(completed({ text: 'x' }, { text }), undefined)).toMatchObject({ text: shown });
	expect(redactSecrets(text, [])).not.toMatch(/SEC|RET/);
});

test('a token of any length is redacted', () => {
	const text = `%3Ftoken%3D${'x'.repeat(20_000_000)}`;
	expect(redactSecrets(text, [])).toBe('%3Ftoken%3D…');
});

test('a response that is nested to exhaust the stack is cut off', () => {
	const nested: unknown = JSON.parse(`${'['.repeat(20_000)}1${']'.repeat(20_000)}`);
	expect(verbatim(completed({ text: 'x' }, { nested, note: 'kept' }), undefined)).toMatchObject({
		note: 'kept',
		result: { text: 'x' },
	});
});
