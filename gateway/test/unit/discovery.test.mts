import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fastify, type FastifyInstance } from 'fastify';
import { toConfig } from '../../src/config/load.mts';
import { checkModels, formatTable } from '../../src/operations/check.mts';
import { discover } from '../../src/operations/discovery.mts';
import { temporaryFolder } from '../engines/support.mts';

/** Another address of this machine, on which the usual ports are free; Linux has all of 127.0.0.0/8. */
const host = '127.0.77.1';

const models = (...data: object[]) => ({ data });

/** The servers of the usual ports: what they answer, by path. */
const servers: Readonly<Record<number, Readonly<Record<string, unknown>>>> = {
	11434: { '/api/tags': { models: [{ name: 'nomic-embed-text' }, { name: 'llama3.2:latest' }] } },
	8080: { '/': '<html><h1>Whisper.cpp Server</h1></html>' },
	8000: {
		'/v1/models': models(
			{ id: 'Systran/faster-whisper-small', task: 'automatic-speech-recognition' },
			{ id: 'speaches-ai/Kokoro-82M-v1.0-ONNX', task: 'text-to-speech' },
		),
	},
	1234: { '/v1/models': models({ id: 'sd-cpp-local' }) },
	7860: { '/sdapi/v1/sd-models': [{ title: 'sd15' }] },
};

async function start(port: number, routes: Readonly<Record<string, unknown>>) {
	const server = fastify();
	for (const [path, answer] of Object.entries(routes)) server.get(path, () => answer);
	await server.listen({ host, port });
	return server;
}

const skip = process.platform === 'linux' ? false : 'needs further loopback addresses';

describe('a start without a configuration', { skip }, () => {
	const running: FastifyInstance[] = [];
	before(async () => {
		for (const [port, routes] of Object.entries(servers)) {
			running.push(await start(Number(port), routes));
		}
	});
	after(async () => {
		await Promise.all(running.map((server) => server.close()));
	});

	it('finds the engines of the usual ports, each for what it can do', async () => {
		const found = await discover(false, host);
		const driverOf = (id: string) => found.engines[found.models[id]?.engine ?? '']?.['driver'];
		assert.equal(driverOf('zephyr-7b-beta'), 'ollama');
		assert.equal(found.models['zephyr-7b-beta']?.model, 'llama3.2:latest');
		assert.equal(driverOf('txt2img'), 'sdcpp');
		assert.equal(driverOf('whisper'), 'openai-transcriptions');
		assert.equal(driverOf('photo-maker'), undefined);
		assert.deepEqual(
			Object.values(found.engines).filter(({ driver }) => driver === 'openai-speech'),
			[{ driver: 'openai-speech', url: `http://${host}:8000/v1`, dialect: 'speaches' }],
		);
		toConfig(found, '/nowhere');
	});

	it('names a program as it is called', async (t) => {
		const folder = await temporaryFolder(t);
		await writeFile(join(folder, 'pocketsphinx_continuous'), '', { mode: 0o755 });
		const path = process.env['PATH'];
		t.after(() => (process.env['PATH'] = path));
		process.env['PATH'] = folder;
		const found = await discover(false, '127.0.78.1');
		assert.equal(found.models['whisper']?.engine, 'pocketsphinx');
		const reports = await checkModels(toConfig(found, '/nowhere'));
		assert.match(formatTable(reports), /^whisper +pocketsphinx \(command\) /m);
	});

	it('answers the rest with made-up results only when that is asked for', async () => {
		const found = await discover(true, host);
		assert.equal(found.engines[found.models['photo-maker']?.engine ?? '']?.['driver'], 'emulated');
		assert.equal(Object.keys(found.models).length, 17);
		toConfig(found, '/nowhere');
	});
});

describe('which server it is', { skip }, () => {
	const owners = [
		['vllm', 'vllm'],
		['llamacpp', 'llamacpp'],
		['organization_owner', 'lmstudio'],
		['somebody', undefined],
	] as const;
	for (const [index, [owner, dialect]] of owners.entries()) {
		it(`${owner}: ${dialect ?? 'OpenAI’s own fields only'}`, async (t) => {
			// One for each: a connection to a server that has been closed would be used again.
			const address = `127.0.77.${index + 2}`;
			const server = fastify();
			server.get('/v1/models', () => models({ id: 'qwen3', owned_by: owner }));
			await server.listen({ host: address, port: 8000 });
			t.after(() => server.close());
			const { engines } = await discover(false, address);
			assert.equal(engines['openai-chat']?.['dialect'], dialect);
		});
	}
});
