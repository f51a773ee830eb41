import { deployLlm, goLive, image, statusOf, terminate, type Launched } from './deploying.cjs';
import { startSession, type Session } from './session.cjs';

// The one that the session's client sends.
const apiKey = 'some-key';
const token = 'the-token';
let session: Session;
beforeEach(async () => {
	session = await startSession({ apiKey });
});
afterEach(() => session.emulator.close());

/** Asks a deployment; with another token than its own when one is given. */
const ask = (id: string, body: unknown, authorization: string | undefined = `Bearer ${token}`) =>
	session.open.post<string>(`/deployments/${id}/generate`, body, {
		headers: authorization === '' ? {} : { authorization },
		// The answer as it came, to see how it is encoded.
		transformResponse: (text: string) => text,
	});
interface Answer {
	readonly text: readonly [string, ...string[]];
	readonly token_counts: { readonly input: number; readonly output: number };
}
const parse = (json: string) => JSON.parse(json) as Answer;
const deploy = async (more: object = {}) => {
	const id = await deployLlm(session, { api_auth_token: token, ...more });
	goLive(session);
	return id;
};

it('answers at its own URL to its own token, with JSON in a JSON string', async () => {
	const id = await deploy();
	const [, live] = await statusOf(session, id);
	const headers = { authorization: `Bearer ${live.api_auth_token}` };
	const { status, data } = await session.open.post<string>(
		`${live.URL}/generate`,
		{ prompt: 'Name three rivers' },
		{ headers, transformResponse: (text: string) => text },
	);
	expect(status).toBe(200);
	const once: unknown = JSON.parse(data);
	expect(typeof once).toBe('string');
	const answer = parse(String(once));
	expect(answer).toEqual({
		text: [expect.stringMatching(/^\[emulated\] mistralai\/Mistral-7B-v0.1.*Name three rivers/)],
		token_counts: { input: 3, output: answer.text[0].split(' ').length },
	});
});

it('answers with plain JSON by a setting', async () => {
	session.emulator.state.settings.deployAnswer = 'plain';
	const { data, headers } = await ask(await deploy(), { prompt: 'Hello' });
	expect(JSON.parse(data)).toMatchObject({ text: [expect.stringContaining('Hello')] });
	expect(headers['content-type']).toContain('application/json');
});

describe('what it is asked', () => {
	beforeEach(() => {
		session.emulator.state.settings.deployAnswer = 'plain';
	});

	it('is kept with the deployment, as it came', async () => {
		const question = { prompt: 'Hello', n: 2, top_k: 5 };
		await ask(await deploy(), question);
		const { data } = await session.open.get('/control/deployments');
		expect(data).toMatchObject([{ questions: [question] }]);
	});

	it('may be variables for its template, whose last key it fills itself', async () => {
		const id = await deploy({ prompt_template: 'Be {manner}. Say: {prompt} => {response}' });
		const input_variables = { manner: 'kind', prompt: 'Hello' };
		const { data } = await ask(id, { input_variables });
		expect(parse(data).text[0]).toContain('“Be kind. Say: Hello =>”');
		const lacking = await ask(id, { input_variables: { prompt: 'Hello' } });
		expect([lacking.status, JSON.parse(lacking.data)]).toMatchObject([
			422,
			{ detail: [{ loc: ['body', 'input_variables', 'manner'] }] },
		]);
	});

	it('may want several texts, and short ones', async () => {
		const id = await deploy();
		const { text } = parse((await ask(id, { prompt: 'Hello', n: 3 })).data);
		expect(new Set(text).size).toBe(3);
		const short = parse((await ask(id, { prompt: 'Hello', max_tokens: 4 })).data);
		expect(short.text[0].split(' ')).toHaveLength(4);
		expect(short.token_counts.output).toBe(4);
	});

	it.each([
		[422, {}],
		[422, { prompt: 1 }],
		[422, { prompt: 'Hello', n: 0 }],
		[501, { prompt: 'Hello', stream: true }],
	])('is answered with %i when it is %j', async (status, body) => {
		expect((await ask(await deploy(), body)).status).toBe(status);
	});
});

describe('authorization', () => {
	it.each([
		[403, ''],
		[403, token],
		[401, `Bearer ${apiKey}`],
		[401, 'Bearer another'],
	])('%i for “%s”', async (status, authorization) => {
		const id = await deploy();
		expect((await ask(id, { prompt: 'Hello' }, authorization)).status).toBe(status);
		expect((await ask(id, { wrong: true }, authorization)).status).toBe(status);
	});

	it('is refused with the token of another deployment', async () => {
		const id = await deploy({ api_auth_token: undefined });
		expect((await ask(id, { prompt: 'Hello' })).status).toBe(401);
	});

	it('and its token does not open the account', async () => {
		const id = await deploy();
		const headers = { authorization: `Bearer ${token}` };
		const { status } = await session.open.get(`/v1/deploy/status/${id}`, { headers });
		expect(status).toBe(401);
	});
});

it('answers only while it is live', async () => {
	const id = await deployLlm(session, { api_auth_token: token });
	expect((await ask(id, { prompt: 'Hello' })).status).toBe(503);
	goLive(session);
	expect((await ask(id, { prompt: 'Hello' })).status).toBe(200);
	await terminate(session, id);
	expect((await ask(id, { prompt: 'Hello' })).status).toBe(503);
	expect((await ask('unknown', { prompt: 'Hello' })).status).toBe(404);
});

it('is not there for an image', async () => {
	const { data } = await session.api.post<Launched>('/deploy/custom_image', image);
	goLive(session);
	expect((await ask(data.deployment_id, { prompt: 'Hello' })).status).toBe(404);
});

it('is written down as any request, without its token, and takes no part in the rate limit', async () => {
	const id = await deploy();
	session.emulator.state.settings.rateLimit = { requests: 0, perMs: 1000 };
	expect((await ask(id, { prompt: 'Hello' })).status).toBe(200);
	const { requests } = session.emulator.state;
	expect(requests.at(-1)).toMatchObject({ path: `/deployments/${id}/generate`, status: 200 });
	expect(JSON.stringify(requests)).not.toContain(token);
});
