import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Contract } from '../../src/http/contract.mts';
import { normaliseBody } from '../../src/http/loose-types.mts';
import { catalogue, fileInput } from '../../src/models/catalogue.mts';

const contract = new Contract();

describe('the contract', () => {
	for (const [model, { family }] of Object.entries(catalogue)) {
		it(`knows ${model} and its file input`, () => {
			const rules = contract.bodyRules(model, 'no-such-model');
			assert.equal(rules.file?.name, fileInput[family]);
		});
	}

	it('lends the rules of another model to one that it does not know', () => {
		const rules = contract.bodyRules('my-model', 'whisper');
		assert.equal(rules, contract.bodyRules('whisper', 'flan-T5'));
	});

	it('names what is wrong', () => {
		const rules = contract.bodyRules('txt2img', '');
		assert.equal(rules.problem({ prompt: 'x' }), undefined);
		assert.equal(rules.problem({ prompt: 'x', unknown_parameter: 1 }), undefined);
		assert.equal(rules.problem({}), "'prompt' is missing");
		assert.equal(rules.problem({ prompt: 'x', samples: 0 }), "'samples' must be >= 1");
		assert.match(
			String(rules.problem({ prompt: 'x', aspect_ratio: 'round' })),
			/'aspect_ratio' .*square, portrait, landscape/,
		);
	});

	it('checks answers', () => {
		const id = '3f0c2b1e-6d1a-4a57-9d0e-7c1f0a9b8d42';
		const problem = (status: number, body: unknown) =>
			contract.answerProblem('GET', '/status/{process_id}', status, body);
		assert.equal(problem(200, { process_id: id, status: 'IN_QUEUE' }), undefined);
		assert.match(String(problem(200, { status: 'IN_QUEUE' })), /process_id/);
		assert.equal(problem(404, { message: 'x' }), undefined);
		assert.match(String(problem(404, { error: 'x' })), /message/);
		assert.equal(contract.answerProblem('GET', '/models', 200, { anything: 1 }), undefined);
	});
});

describe('loose types', () => {
	const rules = contract.bodyRules('whisper', '');
	const cases: [string, Record<string, unknown>, object][] = [
		[
			'booleans of Python',
			{ diarize: 'True', remove_silence: 'False' },
			{ diarize: true, remove_silence: false },
		],
		['numbers as text', { num_speakers: '2', beam_size: ' 5 ' }, { num_speakers: 2, beam_size: 5 }],
		['what is not set', { num_speakers: 'None', language: 'none', prompt: '', diarize: null }, {}],
		['numbers where text is expected', { prompt: 12 }, { prompt: '12' }],
		[
			'what fits no rule',
			{ diarize: 'maybe', num_speakers: 'two' },
			{ diarize: 'maybe', num_speakers: 'two' },
		],
		['what the contract does not know', { other: '1' }, { other: '1' }],
	];
	for (const [what, given, expected] of cases) {
		it(what, () => assert.deepEqual(normaliseBody(given, rules), expected));
	}

	it('keep a required input, so that its absence is not what is reported', () => {
		const image = contract.bodyRules('txt2img', '');
		assert.deepEqual(normaliseBody({ prompt: 'None' }, image), { prompt: 'None' });
	});
});
