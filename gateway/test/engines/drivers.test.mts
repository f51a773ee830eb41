import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { drivers, isDriverName } from '../../src/engines/drivers.mts';
import { offersModel } from '../../src/engines/model-name.mts';
import { jobFor, recorder } from './support.mts';

const url = 'http://127.0.0.1:9';
/** The least that each driver needs. */
const configs = {
	'openai-chat': { url },
	'openai-completions': { url },
	ollama: { url },
	'openai-images': { url },
	sdapi: { url },
	sdcpp: { url },
	'openai-transcriptions': { url },
	'openai-speech': { url },
	command: { run: ['true'] },
	flite: {},
	emulated: {},
} satisfies Record<keyof typeof drivers, Record<string, unknown>>;

const names = Object.keys(configs).filter(isDriverName);

test('the drivers are those of the documentation', () => {
	assert.deepEqual(Object.keys(drivers).sort(), Object.keys(configs).sort());
	assert.equal(isDriverName('toString'), false);
});

for (const name of names) {
	const driver = drivers[name];

	test(`${name}: its schemas are strict JSON Schema and describe every key`, () => {
		const warnings: unknown[] = [];
		const logger = {
			log: () => {},
			warn: (...text: unknown[]) => warnings.push(text),
			error: () => {},
		};
		const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, logger });
		for (const schema of [driver.schema, driver.modelSchema]) {
			assert.equal(
				ajv.compile({ ...schema, additionalProperties: false })(
					schema === driver.schema ? configs[name] : {},
				),
				true,
			);
			for (const [key, property] of Object.entries(schema.properties)) {
				assert.ok('description' in property, `${key} has no description`);
				assert.ok(!['driver', 'slots', 'group', 'deadline'].includes(key), `${key} is common`);
			}
			for (const key of Object.keys(schema.properties)) {
				assert.ok(!['engine', 'family', 'label'].includes(key) || schema === driver.schema);
			}
		}
		assert.deepEqual(warnings, []);
	});

	test(`${name}: a check answers with a problem when there is one, and never throws`, async () => {
		const aborted = AbortSignal.abort(new Error('too late'));
		for (const signal of [AbortSignal.timeout(5_000), aborted]) {
			const check = await driver.create(configs[name]).check(signal);
			const isHttp = 'url' in configs[name];
			assert.equal(check.reachable, !isHttp);
			assert.equal(check.problem !== undefined, isHttp);
			assert.equal(check.advice !== undefined, isHttp);
		}
	});

	test(`${name}: a model’s options of a wrong form are named`, async (t) => {
		if (Object.keys(driver.modelSchema.properties).length === 0) return;
		const [family = 'text'] = driver.families;
		const [key = ''] = Object.keys(driver.modelSchema.properties);
		const job = await jobFor(t, { family, inputs: { prompt: 'x' }, modelConfig: { [key]: 5 } });
		await assert.rejects(driver.create(configs[name]).run(job, recorder()), /models\.test-model: /);
	});
}

test('what a configuration holds is checked', () => {
	assert.throws(() => drivers.ollama.create({}), /url/);
	assert.throws(() => drivers.ollama.create({ url: 'file:///etc/passwd' }), /url/);
	assert.throws(() => drivers.sdapi.create({ url, sizes: { square: 'big' } }), /square/);
	assert.throws(() => drivers.flite.create({ voice: 'nobody' }), /voice/);
});

test('what a model’s name may leave out', () => {
	assert.equal(offersModel(['llama3.2:latest'], 'llama3.2'), true);
	assert.equal(offersModel(['llama3.2'], 'llama3.2:latest'), true);
	assert.equal(offersModel(['llama3.2:1b'], 'llama3.2'), false);
	const checkpoints = ['sd15.safetensors [6ce0161689]'];
	for (const name of ['sd15', 'sd15.safetensors', checkpoints[0] ?? '']) {
		assert.equal(offersModel(checkpoints, name), true);
	}
	assert.equal(offersModel(checkpoints, 'sd1'), false);
});
