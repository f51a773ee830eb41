import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toConfig } from '../../src/config/load.mts';
import { checkModels, formatReports, formatTable } from '../../src/operations/check.mts';
import { closedPort, standIn } from '../engines/support.mts';

describe('check', () => {
	it('says for each model how it fares and what to do', async (t) => {
		const url = await standIn(t, (server) => {
			server.get('/api/tags', () => ({
				models: [{ name: 'llama3.2:latest' }, { name: 'qwen3:8b' }],
			}));
			server.get('/v1/models', (_request, reply) =>
				reply.code(401).send({ error: { message: 'Invalid key' } }),
			);
		});
		const config = toConfig(
			{
				engines: {
					llm: { driver: 'ollama', url },
					away: { driver: 'sdcpp', url: await closedPort() },
					locked: { driver: 'openai-speech', url: `${url}/v1`, key: 'wrong' },
					missing: { driver: 'command', run: ['no-such-program-anywhere'] },
					made: { driver: 'emulated' },
				},
				models: {
					'zephyr-7b-beta': { engine: 'llm', model: 'llama3.2' },
					'flan-T5': { engine: 'llm', model: 'mistral' },
					txt2img: { engine: 'away' },
					'sunoai-bark': { engine: 'locked' },
					whisper: { engine: 'missing' },
					img2img: { engine: 'made' },
					own: { engine: 'llm', family: 'text' },
				},
			},
			'/nowhere',
		);
		const reports = await checkModels(config);
		const stateOf = (id: string) => reports.find(({ model }) => model === id)?.state;
		const adviceOf = (id: string) => reports.find(({ model }) => model === id)?.advice ?? '';

		assert.equal(reports.length, 18, 'MonsterAPI’s 17 models and the one of the configuration');
		assert.equal(stateOf('zephyr-7b-beta'), 'ready');
		assert.equal(stateOf('own'), 'ready');
		assert.equal(stateOf('img2img'), 'emulated');
		assert.equal(stateOf('pix2pix'), 'no engine');
		assert.equal(adviceOf('pix2pix'), '');
		assert.equal(stateOf('flan-T5'), 'model missing');
		assert.match(adviceOf('flan-T5'), /'mistral'.*llama3\.2, qwen3:8b/);
		assert.equal(stateOf('txt2img'), 'not reachable');
		assert.match(adviceOf('txt2img'), /ECONNREFUSED/);
		assert.equal(stateOf('sunoai-bark'), 'problem');
		assert.match(adviceOf('sunoai-bark'), /Invalid key.*'key'/);
		assert.equal(stateOf('whisper'), 'not reachable');
		assert.match(adviceOf('whisper'), /Install 'no-such-program-anywhere'/);
	});

	it('says once below the table how the models without an engine get one', () => {
		const report = { family: 'text', driver: undefined, advice: undefined } as const;
		const none = { ...report, engine: undefined, state: 'no engine' } as const;
		const some = [
			{ ...none, model: 'a' },
			{ ...none, model: 'b' },
		];
		const rows = 'MODEL  ENGINE  STATE\na      -       no engine\nb      -       no engine\n\n';
		assert.equal(
			formatReports(some, undefined),
			`${rows}No configuration yet: create gateway.yaml, see README.md, Configuration.`,
		);
		assert.equal(
			formatReports(some, 'my.yaml'),
			`${rows}Models without an engine: add them under 'models' in my.yaml, see README.md, Configuration.`,
		);
		const all = [{ ...report, model: 'a', engine: 'llm', state: 'ready' } as const];
		assert.equal(formatReports(all, undefined), formatTable(all));
	});

	it('is a table whose columns are in line', () => {
		const report = { family: 'text', driver: undefined, advice: undefined } as const;
		const table = formatTable([
			{ ...report, model: 'a', engine: 'llm', driver: 'ollama', state: 'ready' },
			{ ...report, model: 'longer-name', engine: undefined, state: 'no engine', advice: 'do it' },
		]);
		assert.equal(
			table,
			[
				'MODEL        ENGINE        STATE',
				'a            llm (ollama)  ready',
				'longer-name  -             no engine: do it',
			].join('\n'),
		);
	});
});
