import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { ConfigError } from '../../src/config/config.mts';
import { parseDuration } from '../../src/config/duration.mts';
import { loadConfig, toConfig } from '../../src/config/load.mts';
import { engineProperties, modelProperties, rootSchema } from '../../src/config/schema.mts';
import { drivers } from '../../src/engines/drivers.mts';

const engines = { llm: { driver: 'ollama', url: 'http://127.0.0.1:11434' } };

describe('its schemas', () => {
	const own = {
		root: rootSchema,
		engine: { type: 'object', properties: engineProperties },
		model: { type: 'object', properties: modelProperties },
	};
	const ofDrivers = Object.entries(drivers).flatMap(([name, { schema, modelSchema }]) => [
		[name, schema] as const,
		[`a model of ${name}`, modelSchema] as const,
	]);

	// A start takes them as they are.
	for (const [name, schema] of [...Object.entries(own), ...ofDrivers]) {
		it(`of ${name} is a valid one`, () => {
			const ajv = new Ajv2020({ allowUnionTypes: true });
			assert.equal(ajv.validateSchema(schema), true, ajv.errorsText());
		});
	}
});

describe('the configuration', () => {
	it('has defaults for everything', () => {
		assert.deepEqual(toConfig({}, '/srv'), {
			listen: { host: '127.0.0.1', port: 4020 },
			publicUrl: undefined,
			data: '/srv/gateway-data',
			databaseUrl: undefined,
			retention: { resultsMs: 604_800_000, uploadsMs: 1_800_000, jobsMs: 2_592_000_000 },
			allowPrivateAddresses: true,
			keys: [],
			engines: {},
			models: {},
		});
	});

	it('takes an empty file', () => {
		assert.equal(toConfig(null, '/srv').listen.port, 4020);
	});

	it('separates what is the driver’s from what all engines have', () => {
		const { engines: found, models } = toConfig(
			{
				engines: { llm: { ...engines.llm, slots: 3, deadline: '90s' } },
				models: { 'my-model': { engine: 'llm', model: 'qwen3', family: 'text', label: 'Qwen 3' } },
			},
			'/srv',
		);
		assert.deepEqual(found['llm'], {
			driver: 'ollama',
			slots: 3,
			group: undefined,
			deadlineMs: 90_000,
			options: { url: 'http://127.0.0.1:11434' },
		});
		assert.deepEqual(models['my-model'], {
			engine: 'llm',
			model: 'qwen3',
			family: 'text',
			label: 'Qwen 3',
			options: {},
		});
	});

	const listens: [string, string, number][] = [
		['0.0.0.0:8080', '0.0.0.0', 8080],
		['[::1]:8080', '::1', 8080],
		['8080', '127.0.0.1', 8080],
	];
	for (const [text, host, port] of listens) {
		it(`listens on ${text}`, () => {
			assert.deepEqual(toConfig({ listen: text }, '/srv').listen, { host, port });
		});
	}

	it('lets the command line win', () => {
		const config = toConfig({ listen: '0.0.0.0:1', data: 'a' }, '/srv', {
			host: '::1',
			port: 2,
			data: '/b',
		});
		assert.deepEqual(config.listen, { host: '::1', port: 2 });
		assert.equal(config.data, '/b');
	});

	it('allows private addresses by itself only where nobody else can reach the gateway', () => {
		const allowed = (config: object) => toConfig(config, '/srv').allowPrivateAddresses;
		assert.equal(allowed({ listen: '127.0.0.1:1' }), true);
		assert.equal(allowed({ listen: '0.0.0.0:1' }), false);
		assert.equal(allowed({ publicUrl: 'https://ai.example.org' }), false);
		assert.equal(allowed({ listen: '0.0.0.0:1', allowPrivateAddresses: true }), true);
	});

	const mistakes: [string, unknown, RegExp][] = [
		['an unknown key', { publicURL: 'x' }, /^publicURL: unknown key, did you mean 'publicUrl'\?/],
		[
			'an unknown key of an engine',
			{ engines: { llm: { ...engines.llm, slotss: 1 } } },
			/^engines\.llm\.slotss: unknown key, did you mean 'slots'\?/,
		],
		[
			'an unknown key of a model',
			{ engines, models: { 'flan-T5': { engine: 'llm', modle: 'x' } } },
			/^models\.flan-T5\.modle: unknown key, did you mean 'model'\?/,
		],
		[
			'an unknown driver',
			{ engines: { llm: { driver: 'olama', url: 'http://x' } } },
			/^engines\.llm\.driver: unknown driver 'olama', did you mean 'ollama'\?/,
		],
		['no driver', { engines: { llm: {} } }, /^engines\.llm\.driver: missing/],
		[
			'a missing key of the driver',
			{ engines: { llm: { driver: 'ollama' } } },
			/^engines\.llm: must have required property 'url'/,
		],
		[
			'an unknown engine',
			{ engines, models: { whisper: { engine: 'lm' } } },
			/^models\.whisper\.engine: no engine 'lm', did you mean 'llm'\?/,
		],
		[
			'an engine of the wrong kind',
			{ engines, models: { whisper: { engine: 'llm' } } },
			/^models\.whisper\.engine: the driver 'ollama' cannot do 'transcription'/,
		],
		[
			'a model of one’s own without a family',
			{ engines, models: { mine: { engine: 'llm' } } },
			/^models\.mine\.family: missing/,
		],
		[
			'another family than documented',
			{ engines, models: { 'flan-T5': { engine: 'llm', family: 'image' } } },
			/^models\.flan-T5\.family/,
		],
		[
			'slots in a group',
			{ engines: { llm: { ...engines.llm, group: 'gpu0', slots: 2 } } },
			/^engines\.llm\.slots: an engine in a group/,
		],
		[
			'a deadline over a day',
			{ engines: { llm: { ...engines.llm, deadline: '2d' } } },
			/^engines\.llm\.deadline: 23h/,
		],
		[
			'a duration without a unit',
			{ retention: { results: '7' } },
			/^retention\.results: "7" does not have the expected form/,
		],
		[
			'a number as a duration',
			{ retention: { results: 7 } },
			/^retention\.results: must be string/,
		],
		[
			'two keys of one name',
			{
				keys: [
					{ name: 'a', key: '12345678' },
					{ name: 'a', key: '87654321' },
				],
			},
			/same name/,
		],
		[
			'two names of one key',
			{
				keys: [
					{ name: 'a', key: '12345678' },
					{ name: 'b', key: '12345678' },
				],
			},
			/same key/,
		],
		['a short key', { keys: [{ name: 'a', key: '123' }] }, /^keys\.0\.key/],
		['S3', { storage: { kind: 's3' } }, /^storage: S3 is not supported yet/],
		['a list', [], /must be object/],
	];
	for (const [what, value, message] of mistakes) {
		it(`refuses ${what}`, () => {
			assert.throws(
				() => toConfig(value, '/srv'),
				(error) => {
					assert.ok(error instanceof ConfigError);
					assert.match(error.message, message);
					return true;
				},
			);
		});
	}
});

describe('a configuration file', () => {
	const load = (text: string, environment: NodeJS.ProcessEnv = {}) => {
		const folder = mkdtempSync(join(tmpdir(), 'gateway-config-'));
		try {
			const file = join(folder, 'gateway.yaml');
			writeFileSync(file, text);
			return { folder, config: loadConfig(file, {}, environment) };
		} finally {
			rmSync(folder, { recursive: true });
		}
	};

	it('takes values from the environment, in any text', () => {
		const { config } = load('keys: [{ name: n8n, key: "${KEY}-${END}" }]', {
			KEY: 'secret',
			END: '1',
		});
		assert.equal(config.keys[0]?.key, 'secret-1');
	});

	it('refuses a variable that is not set, and names the key', () => {
		assert.throws(
			() => load('keys: [{ name: n8n, key: "${KEY}" }]'),
			/^ConfigError: keys\[0\]\.key: the environment variable KEY is not set/,
		);
	});

	it('leaves patterns with a dollar sign alone', () => {
		const { config } = load(
			'engines: { hear: { driver: command, run: [x, "{file}"], text: stdout, words: "^(?<word>a) (?<start>1) (?<end>2)$" } }',
		);
		assert.equal(config.engines['hear']?.options['words'], '^(?<word>a) (?<start>1) (?<end>2)$');
	});

	it('starts relative paths from its own folder', () => {
		const { folder, config } = load('data: store');
		assert.equal(config.data, join(folder, 'store'));
	});

	it('says where the YAML is wrong', () => {
		assert.throws(() => load('keys: ['), /gateway\.yaml: .*line 1/s);
		assert.throws(() => loadConfig('/no/such.yaml'), /no such file/);
	});
});

describe('durations', () => {
	const cases: [string, number][] = [
		['250ms', 250],
		['10s', 10_000],
		['30m', 1_800_000],
		['2h', 7_200_000],
		['7d', 604_800_000],
	];
	for (const [text, ms] of cases) it(text, () => assert.equal(parseDuration(text), ms));
});
