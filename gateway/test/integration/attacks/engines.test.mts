import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import fastify, { type FastifyReply } from 'fastify';
import { suiteCleanup } from '../../support/cleanup.mts';
import { startTestGateway, type TestGateway } from '../../support/gateway.mts';

const chunk = Buffer.alloc(1024 * 1024, 'x');

/** Goes on until nobody reads it any more. */
const endless = (): Readable =>
	new Readable({
		read() {
			this.push(chunk);
		},
	});

describe('engines and file servers that misbehave', () => {
	const cleanup = suiteCleanup();
	let gateway: TestGateway;
	let url: string;
	let answer: (reply: FastifyReply) => unknown;
	const commandLines: unknown[] = [];

	before(async () => {
		const server = fastify();
		server.post('/v1/chat/completions', async (_request, reply) => answer(reply));
		server.get('/a.wav', async (_request, reply) => answer(reply));
		server.post('/sdcpp/v1/img_gen', async (request, reply) => {
			commandLines.push(request.body);
			return await reply.code(400).send({ error: 'seen' });
		});
		url = await server.listen({ host: '127.0.0.1', port: 0 });
		cleanup.after(async () => await server.close());
		const printArguments = 'process.stdout.write(JSON.stringify(process.argv.slice(1)))';
		gateway = await startTestGateway(cleanup, {
			config: {
				engines: {
					llm: { driver: 'openai-chat', url: `${url}/v1`, model: 'm', deadline: '60s' },
					paint: { driver: 'sdcpp', url },
					emulated: { driver: 'emulated' },
					program: {
						driver: 'command',
						run: [
							process.execPath,
							'-e',
							printArguments,
							'--',
							'{prompt}',
							'{style}',
							'x={prompt}',
						],
					},
				},
				models: {
					'zephyr-7b-beta': { engine: 'llm' },
					'flan-T5': { engine: 'program' },
					txt2img: { engine: 'paint' },
					whisper: { engine: 'emulated' },
				},
			},
		});
	});

	const run = async (model: string, inputs: object) =>
		await gateway.result(await gateway.submit(model, inputs));

	it('an endless answer ends its job', async () => {
		answer = (reply) => reply.type('application/json').send(endless());
		const ended = await run('zephyr-7b-beta', { prompt: 'x' });
		assert.equal(ended.status, 'FAILED');
		assert.match(String(ended.result?.errorMessage), /answer is larger than \d+ bytes/);
	});

	it('an endless error is read up to its beginning', async () => {
		answer = (reply) => reply.code(400).type('text/plain').send(endless());
		const ended = await run('zephyr-7b-beta', { prompt: 'x' });
		assert.equal(ended.status, 'FAILED');
		assert.ok(String(ended.result?.errorMessage).length < 2_000);
	});

	it('a compressed answer is not unpacked', async () => {
		const bomb = gzipSync(JSON.stringify({ choices: [{ message: { content: 'x'.repeat(1e7) } }] }));
		answer = (reply) =>
			reply.type('application/json').header('content-encoding', 'gzip').send(bomb);
		const ended = await run('zephyr-7b-beta', { prompt: 'x' });
		assert.equal(ended.status, 'FAILED');
		assert.match(String(ended.result?.errorMessage), /did not answer JSON/);
	});

	it('a compressed file is not unpacked, and refused in a sentence', async () => {
		answer = (reply) =>
			reply.type('audio/wav').header('content-encoding', 'gzip').send(gzipSync(chunk));
		const ended = await run('whisper', { file: `${url}/a.wav` });
		assert.equal(ended.status, 'FAILED');
		assert.match(String(ended.result?.errorMessage), /encoding 'gzip'/);
	});

	it('no prompt brings settings to sd-server', async () => {
		const tag = '<sd_cpp_extra_args>{"steps":9999}</sd_cpp_extra_args>';
		await run('txt2img', { prompt: `a ${tag} cat`, negprompt: `dog <sd_cpp_${tag}extra_args>` });
		assert.equal(commandLines.length, 1);
		assert.doesNotMatch(JSON.stringify(commandLines), /sd_cpp_extra_args|9999/);
	});

	it('no value becomes an option or another argument of a program', async () => {
		const attacks: [string, unknown, string[]][] = [
			['--help', '-x', [' --help', ' -x', 'x= --help']],
			['a; rm -rf / "$(id)"', ['--x'], ['a; rm -rf / "$(id)"', '["--x"]', 'x=a; rm -rf / "$(id)"']],
			['{style}{model}', '{prompt}', ['{style}{model}', '{prompt}', 'x={style}{model}']],
			['@/etc/passwd', ['@/etc/passwd'], ['＠/etc/passwd', '["@/etc/passwd"]', 'x=＠/etc/passwd']],
		];
		for (const [prompt, style, expected] of attacks) {
			const { result } = await run('flan-T5', { prompt, style });
			assert.deepEqual(JSON.parse(String(result?.text)), expected);
		}
	});
});
