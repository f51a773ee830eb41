import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config/load.mts';
import { drivers, isDriverName } from '../../src/engines/drivers.mts';
import { isObject, objectAt, stringAt } from '../../src/engines/json.mts';
import { temporaryFolder } from './support.mts';

const page = await readFile(new URL('../../docs/engines.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/```yaml\n([^]*?)```/g)].map(([, yaml = '']) => yaml);
/** Keys that every engine has. */
const common = { driver: {}, slots: {}, group: {}, deadline: {} };

test('every driver has a section and an example', () => {
	const used = examples.flatMap((yaml) => yaml.match(/driver: ([a-z-]+)/g) ?? []);
	for (const name of Object.keys(drivers)) {
		assert.match(page, new RegExp(`^## .*\\b${name}\\b`, 'm'));
		// openai-completions has the section and the example of openai-chat.
		if (name !== 'openai-completions') assert.ok(used.includes(`driver: ${name}`), name);
	}
});

for (const yaml of examples) {
	test(`the example is valid: ${yaml.split('\n')[1]?.trim().slice(0, 60)}`, () => {
		const example: unknown = parse(yaml);
		const engines = objectAt(example, 'engines') ?? {};
		const schemaOf = (engine: unknown) => {
			const name = stringAt(engine, 'driver') ?? '';
			assert.ok(isDriverName(name), name);
			return drivers[name];
		};
		const ajv = new Ajv2020({ allowUnionTypes: true });
		for (const engine of Object.values(engines)) {
			assert.ok(isObject(engine));
			const { schema } = schemaOf(engine);
			const properties = { ...schema.properties, ...common };
			const valid = ajv.validate({ ...schema, properties, additionalProperties: false }, engine);
			assert.ok(valid, ajv.errorsText());
			schemaOf(engine).create(engine);
		}
		for (const model of Object.values(objectAt(example, 'models') ?? {})) {
			const { modelSchema } = schemaOf(engines[stringAt(model, 'engine') ?? '']);
			const properties = {
				...modelSchema.properties,
				engine: {},
				model: {},
				family: {},
				label: {},
			};
			const valid = ajv.validate(
				{ ...modelSchema, properties, additionalProperties: false },
				model,
			);
			assert.ok(valid, ajv.errorsText());
		}
	});
}

test('the README’s configurations are valid', async (t) => {
	const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
	const folder = await temporaryFolder(t);
	const secrets = { GATEWAY_KEY: 'a-secret-key', REPORTS_KEY: 'another-secret-key' };
	const configs = [];
	for (const [index, [, yaml = '']] of [...readme.matchAll(/```yaml\n([^]*?)```/g)].entries()) {
		const file = join(folder, `${index}.yaml`);
		await writeFile(file, yaml);
		configs.push(loadConfig(file, {}, secrets));
	}
	const [subtitles, complete] = configs;
	assert.equal(configs.length, 2);
	assert.deepEqual(Object.keys(subtitles?.models ?? {}), ['whisper']);
	assert.deepEqual(Object.keys(complete?.models ?? {}), [
		'zephyr-7b-beta',
		'txt2img',
		'whisper',
		'sunoai-bark',
		'my-model',
	]);
	assert.equal(complete?.keys[0]?.key, 'a-secret-key');
});
