import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toConfig } from '../../src/config/load.mts';
import { checkModels, formatTable } from '../../src/operations/check.mts';
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
		assert.match(adviceOf('pix2pix'), /models\.pix2pix\.engine/);
		assert.equal(stateOf('flan-T5'), 'model missing');
		assert.match(adviceOf('flan-T5'), /'mistral'.*llama3\.2, qwen3:8b/);
		assert.equal(stateOf('txt2img'), 'not reachable');
		assert.match(adviceOf('txt2img'), /ECONNREFUSED/);
		assert.equal(stateOf('sunoai-bark'), 'problem');
		assert.match(adviceOf('sunoai-bark'), /Invalid key.*'key'/);
		assert.equal(stateOf('whisper'), 'not reachable');
		assert.match(adviceOf('whisper'), /Install 'no-such-program-anywhere'/);
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
