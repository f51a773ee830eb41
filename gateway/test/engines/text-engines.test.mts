import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drivers } from '../../src/engines/drivers.mts';
import {
	closedPort,
	deferred,
	disconnected,
	engineError,
	jobFor,
	recorder,
	run,
	standIn,
	textOf,
} from './support.mts';

const everything = {
	prompt: 'Why?',
	system_prompt: 'Be brief.',
	max_length: 20,
	temp: 0.5,
	top_p: 0.9,
	top_k: 40,
	repetition_penalty: 1.2,
	beam_size: 3,
};

const chatAnswer = (content: string) => ({
	choices: [{ message: { role: 'assistant', content } }],
});

/** A chat server that keeps the last request's body. */
async function chatServer(t: Parameters<typeof standIn>[0], content = 'Because.') {
	const seen: { body?: Record<string, unknown>; key?: string | undefined } = {};
	const url = await standIn(t, (server) => {
		server.get('/v1/models', () => ({ data: [{ id: 'only-model' }] }));
		server.post<{ Body: Record<string, unknown> }>('/v1/chat/completions', (request) => {
			seen.body = request.body;
			seen.key = request.headers.authorization;
			return chatAnswer(content);
		});
	});
	return { url: `${url}/v1`, seen };
}

test('openai-chat sends OpenAI its own fields only and notes the others', async (t) => {
	const { url, seen } = await chatServer(t);
	const job = await jobFor(t, { family: 'text', inputs: everything, engineModel: 'gpt' });
	const result = await run('openai-chat', { url, key: 'secret' }, job);
	assert.equal(textOf(result), 'Because.');
	assert.deepEqual(seen.body, {
		model: 'gpt',
		messages: [
			{ role: 'system', content: 'Be brief.' },
			{ role: 'user', content: 'Why?' },
		],
		max_tokens: 20,
		temperature: 0.5,
		top_p: 0.9,
	});
	assert.equal(seen.key, 'Bearer secret');
	assert.deepEqual(
		result.notes.map((note) => note.split(' ')[0]),
		["'top_k'", "'repetition_penalty'", "'beam_size'"],
	);
});

test('openai-chat uses the fields of each server', async (t) => {
	const { url, seen } = await chatServer(t);
	const job = await jobFor(t, { family: 'text', inputs: everything });
	const vllm = await run('openai-chat', { url, dialect: 'vllm' }, job);
	assert.deepEqual(vllm.notes, []);
	const { top_k, repetition_penalty, n, use_beam_search } = seen.body ?? {};
	assert.deepEqual([top_k, repetition_penalty, n, use_beam_search], [40, 1.2, 3, true]);
	assert.equal(seen.body?.['model'], 'only-model', 'the only model is found by itself');
	const llama = await run('openai-chat', { url, dialect: 'llamacpp' }, job);
	assert.equal(seen.body['repeat_penalty'], 1.2);
	assert.deepEqual(llama.notes, ["'beam_size' had no effect: the engine has no such setting"]);
});

test('the configuration renames, drops and adds fields; a model’s options win', async (t) => {
	const { url, seen } = await chatServer(t);
	const job = await jobFor(t, {
		family: 'text',
		inputs: { prompt: 'Why?', max_length: 20, temp: 0.5 },
		modelConfig: { extra: { reasoning_effort: 'low', seed: 2 } },
	});
	const fields = { max_length: 'max_completion_tokens', temp: false };
	const result = await run('openai-chat', { url, fields, extra: { seed: 1 } }, job);
	assert.equal(seen.body?.['max_completion_tokens'], 20);
	assert.equal('max_tokens' in (seen.body ?? {}), false);
	assert.equal('temperature' in (seen.body ?? {}), false);
	assert.equal(seen.body['seed'], 2);
	assert.deepEqual(result.notes, ["'temp' had no effect: the configuration leaves it out"]);
});

test('thoughts of a reasoning model are no part of the answer unless configured', async (t) => {
	const { url } = await chatServer(t, '<think>Hm <b>.</think>\n\nYes, <think> is a tag.');
	const job = await jobFor(t, { family: 'text', inputs: { prompt: 'x' } });
	assert.equal(textOf(await run('openai-chat', { url }, job)), 'Yes, <think> is a tag.');
	assert.match(textOf(await run('openai-chat', { url, thinking: 'keep' }, job)), /^<think>Hm/);
});

test('a model that thinks until its end is told so, once', async (t) => {
	let choice: unknown;
	const url = await standIn(t, (server) => {
		server.post('/*', () => ({
			choices: [choice],
			done_reason: 'length',
			message: { content: '' },
		}));
	});
	const job = await jobFor(t, { family: 'text', inputs: { prompt: 'x' }, engineModel: 'm' });
	for (const content of [null, '', '<think>Well, the user']) {
		choice = { message: { content }, finish_reason: 'length' };
		const error = await engineError(run('openai-chat', { url }, job));
		assert.equal(error.kind, 'final');
		assert.match(error.message, /'max_length' for its thoughts/);
	}
	assert.equal((await engineError(run('ollama', { url }, job))).kind, 'final');
	choice = { message: { content: '<think>Hm.</think>The answ' }, finish_reason: 'length' };
	assert.equal(textOf(await run('openai-chat', { url }, job)), 'The answ');
	choice = { message: { content: '' }, finish_reason: 'stop' };
	assert.equal(textOf(await run('openai-chat', { url }, job)), '', 'an empty answer is one');
});

test('thoughts whose beginning is in the chat template are none of the answer', async (t) => {
	const { url } = await chatServer(t, 'Hm.\n</think>\n\nYes.');
	const job = await jobFor(t, { family: 'text', inputs: { prompt: 'x' } });
	assert.equal(textOf(await run('openai-chat', { url }, job)), 'Yes.');
	const html = 'The tag <think> is closed by </think>.';
	const other = await chatServer(t, html);
	assert.equal(textOf(await run('openai-chat', { url: other.url }, job)), html);
});

test('a parameter named like a property of every object is only noted', async (t) => {
	const { url } = await chatServer(t);
	const inputs = { prompt: 'x', constructor: 'y', hasOwnProperty: 1 };
	const result = await run('openai-chat', { url }, await jobFor(t, { family: 'text', inputs }));
	assert.equal(result.notes.length, 2);
});

test('openai-completions fills its template and always sends max_tokens', async (t) => {
	const seen: { body?: Record<string, unknown> } = {};
	const url = await standIn(t, (server) => {
		server.post<{ Body: Record<string, unknown> }>('/completions', (request) => {
			seen.body = request.body;
			return { choices: [{ text: ' Paris.' }] };
		});
	});
	const inputs = { prompt: 'Say {system_prompt}', system_prompt: 'S' };
	const job = await jobFor(t, { family: 'text', inputs, engineModel: 'falcon' });
	const template = '{system_prompt}\nUser: {prompt}\nAssistant:';
	assert.equal(textOf(await run('openai-completions', { url, template }, job)), ' Paris.');
	assert.equal(seen.body?.['prompt'], 'S\nUser: Say {system_prompt}\nAssistant:');
	assert.equal(seen.body['max_tokens'], 256);
	const { notes } = await run('openai-completions', { url }, job);
	assert.match(notes.join(), /system_prompt.*no \{system_prompt\}/);
});

test('ollama takes every sampling option over its own API', async (t) => {
	const seen: { body?: Record<string, unknown> } = {};
	const url = await standIn(t, (server) => {
		server.get('/api/tags', () => ({ models: [{ name: 'llama3.2:latest' }] }));
		server.post<{ Body: Record<string, unknown> }>('/api/chat', (request) => {
			seen.body = request.body;
			return { message: { content: 'Hi.' }, done: true };
		});
	});
	const job = await jobFor(t, { family: 'text', inputs: everything });
	const config = { url, extra: { keep_alive: '1h', options: { num_ctx: 8192 } } };
	const result = await run('ollama', config, job);
	assert.equal(textOf(result), 'Hi.');
	assert.deepEqual(seen.body?.['options'], {
		num_predict: 20,
		temperature: 0.5,
		top_p: 0.9,
		top_k: 40,
		repeat_penalty: 1.2,
		num_ctx: 8192,
	});
	assert.equal(seen.body['model'], 'llama3.2');
	assert.equal(result.notes.length, 1);
	const engine = drivers.ollama.create({ url });
	const check = await engine.check(AbortSignal.timeout(5_000));
	assert.deepEqual(check, { reachable: true, models: ['llama3.2'] });
	assert.equal(engine.openai?.baseUrl, `${url}/v1`);
});

/* Errors as facts/engines.md has them: the engine, its status and body, and what they mean for the job. */
const refusals = [
	[
		'ollama',
		404,
		{ error: 'model "x" not found, try pulling it first' },
		'final',
		/ollama pull gone/,
	],
	[
		'ollama',
		503,
		{ error: 'server busy, please try again.  maximum pending requests exceeded' },
		'notReady',
		/server busy/,
	],
	['ollama', 500, { error: 'llama runner process has terminated' }, 'failed', /terminated/],
	[
		'openai-chat',
		404,
		{ error: { message: 'The model `x` does not exist.', type: 'NotFoundError', code: 404 } },
		'final',
		/does not exist/,
	],
	[
		'openai-chat',
		404,
		{ object: 'error', message: 'The model `x` does not exist.' },
		'final',
		/does not exist/,
	],
	[
		'openai-chat',
		400,
		{ message: 'default chat template is no longer allowed' },
		'final',
		/chat template/,
	],
	[
		'openai-chat',
		503,
		{ error: { code: 503, message: 'Loading model', type: 'unavailable_error' } },
		'notReady',
		/Loading model/,
	],
	['openai-chat', 429, { error: { message: 'Rate limit reached' } }, 'notReady', /Rate limit/],
	[
		'openai-chat',
		429,
		{ error: { message: 'You exceeded your quota', code: 'insufficient_quota' } },
		'final',
		/quota/,
	],
	[
		'openai-chat',
		401,
		{ error: { message: 'Incorrect API key provided: secret-key' } },
		'final',
		/provided: \*\*\* \(check the engine's 'key'\)/,
	],
	[
		'openai-chat',
		422,
		{ detail: [{ loc: ['body', 'n'], msg: 'not an integer' }] },
		'final',
		/body\.n: not an integer/,
	],
	['openai-chat', 500, '', 'failed', /no reason given/],
	[
		'openai-chat',
		502,
		'<html><style>b{}</style><h1>Bad Gateway</h1></html>',
		'failed',
		/502: Bad Gateway$/,
	],
	['openai-chat', 308, '', 'final', /set the engine's 'url'/],
] as const;

for (const [driver, status, body, kind, message] of refusals) {
	test(`${driver}: ${status} ${JSON.stringify(body).slice(0, 50)} is ${kind}`, async (t) => {
		const url = await standIn(t, (server) => {
			server.post('/*', (_request, reply) => {
				const text = typeof body === 'string' ? body : JSON.stringify(body);
				return reply.code(status).header('location', '/elsewhere').send(text);
			});
		});
		const job = await jobFor(t, { family: 'text', inputs: { prompt: 'x' }, engineModel: 'gone' });
		const error = await engineError(run(driver, { url, key: 'secret-key' }, job));
		assert.equal(error.kind, kind);
		assert.match(error.message, message);
	});
}

test('Retry-After is handed on in milliseconds, in both forms', async (t) => {
	let retryAfter = '7';
	const url = await standIn(t, (server) => {
		server.post('/*', (_request, reply) =>
			reply.code(503).header('retry-after', retryAfter).send({ loading: {} }),
		);
	});
	const job = await jobFor(t, { family: 'text', inputs: { prompt: 'x' }, engineModel: 'm' });
	assert.equal((await engineError(run('openai-chat', { url }, job))).retryAfterMs, 7_000);
	retryAfter = new Date(Date.now() + 60_000).toUTCString();
	const { retryAfterMs = 0 } = await engineError(run('openai-chat', { url }, job));
	assert.ok(retryAfterMs > 0 && retryAfterMs <= 60_000);
});

test('a refused connection is not ready, and says what to do in a container', async (t) => {
	const job = await jobFor(t, { family: 'text', inputs: { prompt: 'x' }, engineModel: 'm' });
	const error = await engineError(run('ollama', { url: await closedPort() }, job));
	assert.equal(error.kind, 'notReady');
	assert.match(error.message, /ECONNREFUSED.*host\.docker\.internal/);
});

test('a connection that breaks in the middle uses up an attempt', async (t) => {
	const url = await standIn(t, (server) => {
		server.post('/*', (request) => void request.raw.socket.destroy());
	});
	const job = await jobFor(t, { family: 'text', inputs: { prompt: 'x' }, engineModel: 'm' });
	assert.equal((await engineError(run('ollama', { url }, job))).kind, 'failed');
});

test('an answer that is not in the engine’s form uses up an attempt', async (t) => {
	let answer = 'It works!';
	const url = await standIn(t, (server) => {
		server.post('/*', (_request, reply) => reply.send(answer));
	});
	const job = await jobFor(t, { family: 'text', inputs: { prompt: 'x' }, engineModel: 'm' });
	for (answer of ['It works!', '{}', '[]', 'null', '{"choices":[{"message":{"content":null}}]}']) {
		assert.equal((await engineError(run('openai-chat', { url }, job))).kind, 'failed', answer);
	}
});

test('an error inside of Ollama’s 200 fails the job', async (t) => {
	const url = await standIn(t, (server) => server.post('/*', () => ({ error: 'out of memory' })));
	const job = await jobFor(t, { family: 'text', inputs: { prompt: 'x' }, engineModel: 'm' });
	const error = await engineError(run('ollama', { url }, job));
	assert.deepEqual([error.kind, error.message], ['failed', 'out of memory']);
});

test('aborting a job ends the request, which cancels the work there', async (t) => {
	const stopped = deferred();
	const started = deferred();
	const url = await standIn(t, (server) => {
		server.post('/*', async (request) => {
			started.resolve();
			await disconnected(request);
			stopped.resolve();
		});
	});
	const abort = new AbortController();
	const job = await jobFor(t, { family: 'text', inputs: { prompt: 'x' }, engineModel: 'm' });
	const running = run('openai-chat', { url }, job, recorder(abort.signal));
	await started.promise;
	const reason = new Error('the deadline has passed');
	abort.abort(reason);
	await assert.rejects(running, reason);
	await stopped.promise;
});

test('a check says what is wrong and how to mend it', async (t) => {
	const away = drivers['openai-chat'].create({ url: await closedPort() });
	const absent = await away.check(AbortSignal.timeout(5_000));
	assert.equal(absent.reachable, false);
	assert.match(absent.problem ?? '', /ECONNREFUSED/);
	const url = await standIn(t, (server) => server.get('/api/tags', () => ({ models: [] })));
	const empty = await drivers.ollama.create({ url }).check(AbortSignal.timeout(5_000));
	assert.deepEqual(empty, {
		reachable: true,
		models: [],
		problem: 'It lists no models',
		advice: 'Fetch a model with `ollama pull llama3.2`.',
	});
});
