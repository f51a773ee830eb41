import { findOperation } from '../../../contract/document.cjs';
import { problemsOf } from '../../../contract/schema-validator.cjs';
import { deployLlm, goLive, image } from '../emulator/deploying.cjs';
import { startReceiver } from '../emulator/receiver.cjs';
import { startSession, type Accepted, type Session } from '../emulator/session.cjs';

let session: Session;
/** What answers break the contract, and how many were compared with it. */
let problems: string[];
let compared: number;

beforeEach(async () => {
	session = await startSession();
	problems = [];
	compared = 0;
	session.api.interceptors.response.use((response) => {
		const method = (response.config.method ?? '').toUpperCase();
		const path = (response.config.url ?? '').replace(/\?.*/, '');
		const responses = findOperation(method, path)?.operation.responses;
		const content = (responses?.[response.status] ?? responses?.['default'])?.content;
		const schema = (content?.['application/json'] ?? content?.['*/*'])?.schema;
		if (schema === undefined) throw new Error(`${method} ${path} has no ${response.status}`);
		compared += 1;
		const found = problemsOf(schema, response.data);
		problems.push(...found.map((problem) => `${method} ${path} ${response.status}: ${problem}`));
		return response;
	});
});

afterEach(async () => {
	await session.emulator.close();
	expect(problems).toEqual([]);
	expect(compared).toBeGreaterThan(0);
});

const file = 'https://example.com/a.mp3';

it.each([
	['flan-T5', { prompt: 'Hello' }],
	['txt2img', { prompt: 'A hill', samples: 2 }],
	['sunoai-bark', { prompt: 'Hello' }],
	['whisper', { file }],
	['whisper', { file, diarize: true }],
	['whisper', { file, transcription_format: 'word' }],
	['whisper', { file, transcription_format: 'srt' }],
	['whisper', { file, transcription_format: 'verbose' }],
	['flan-T5', { prompt: '[fail: out of memory]' }],
])('the life of a job of %s: %j', async (model, body) => {
	const { data } = await session.api.post<Accepted>(`/generate/${model}`, body);
	for (const ms of [0, 400, 60_000]) {
		session.clock.now += ms;
		await session.api.get(`/status/${data.process_id}`);
	}
});

it('what is refused', async () => {
	await session.api.post('/generate/flan-T5', {});
	await session.api.post('/generate/whisper', { file: 'https://example.com/a.flac' });
	await session.api.post('/generate/nothing', {});
	await session.api.get('/status/nothing');
	await session.api.get('/upload');
	await session.api.get('/upload', { headers: { authorization: '' } });
	await session.api.post('/webhook', {});
	await session.api.post('/deploy/llm', {});
	await session.api.get('/deploy/list');
	await session.api.get('/deploy/status/nothing');
	await session.api.post('/deploy/terminate', { deployment_id: 'nothing' });
	session.emulator.state.settings.rateLimit = { requests: 0, perMs: 1000 };
	await session.api.get('/status/nothing');
	expect(compared).toBe(12);
});

it('links, and the life of a webhook', async () => {
	const receiver = await startReceiver();
	await session.api.get('/upload?filename=talk.mp3');
	await session.api.get('/webhook');
	await session.api.post('/webhook', { url_name: 'done', webhook_url: receiver.url });
	await session.api.get('/webhook?url_name=done');
	await session.api.delete('/webhook?url_name=done');
	await receiver.close();
});

it.each(['object', 'array', 'map'] as const)('deployments, listed as %s', async (shape) => {
	session.emulator.state.settings.deployListShape = shape;
	const id = await deployLlm(session);
	await session.api.post('/deploy/custom_image', image);
	for (const ms of [0, 400, 60_000]) {
		session.clock.now += ms;
		await session.api.get(`/deploy/status/${id}`);
		await session.api.get(`/deploy/logs/${id}`);
	}
	goLive(session);
	for (const path of ['list', 'instances', 'health']) await session.api.get(`/deploy/${path}`);
	await session.api.post('/deploy/terminate', { deployment_id: id });
	await session.api.post('/deploy/terminate', { deployment_id: id });
	await session.api.get(`/deploy/status/${id}`);
});
