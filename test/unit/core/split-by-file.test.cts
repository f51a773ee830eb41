import { parseJobState } from '../../../nodes/core/api/status';
import { simplify, verbatim } from '../../../nodes/core/jobs/output';
import { splitByFile } from '../../../nodes/core/jobs/splitByFile';

const baseUrl = 'https://api.test/v1';
const stateOf = (result: unknown, status = 'COMPLETED') => {
	const parsed = parseJobState({ process_id: 'p', status, result, credit_used: 9 }, 'p', []);
	if ('unreadable' in parsed) throw new Error(parsed.unreadable);
	return parsed.value;
};
const a = 'https://f.test/a.png';
const b = 'https://f.test/b.png';

test.each<[string, unknown]>([
	['a list', { output: [a, b] }],
	['objects', { output: [{ url: a }, { url: b }] }],
	['images without output', { images: [a, b] }],
	['nested lists', { output: [[a], [b]] }],
])('a job with files in %s becomes one for each, and is paid for once', (_name, result) => {
	const parts = splitByFile(stateOf(result), baseUrl).map((part) => simplify(part, 'm'));
	const job = { process_id: 'p', model: 'm', status: 'COMPLETED' };
	expect(parts).toEqual([
		{ output: [a], ...job, credit_used: 9 },
		{ output: [b], ...job },
	]);
});

test('the response as received has the file too', () => {
	const parts = splitByFile(stateOf({ output: [a, b], seed: 7 }), baseUrl);
	expect(parts.map((part) => verbatim(part, undefined)['result'])).toEqual([
		{ output: [a], seed: 7 },
		{ output: [b], seed: 7 },
	]);
});

test.each<[string, ReturnType<typeof stateOf>]>([
	['one file', stateOf({ output: [a] })],
	['a text', stateOf({ text: 'hello' })],
	['no result yet', stateOf(undefined, 'IN_QUEUE')],
])('a job with %s stays one', (_name, state) =>
	expect(splitByFile(state, baseUrl)).toEqual([state]),
);
