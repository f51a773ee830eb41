import { NodeOperationError, type IDataObject, type INode } from 'n8n-workflow';

import { toNodeError } from '../../nodes/host/errors';
import { image, llm, running, useDeployments } from '../support/engine/deployments.cjs';
import { logLines } from '../support/engine/engine.cjs';

const session = useDeployments();
const state = () => session.emulator.state;

describe('a rejected launch', () => {
	test.each([
		[402, 'enough credits'],
		[403, 'too many running deployments'],
		[405, 'no user'],
		[422, 'did not accept the input'],
		[500, 'could not process'],
	])('%i is explained, and sent once', async (status, message) => {
		state().faults.push({ path: '/v1/deploy/llm', status, body: { message: 'Told so' } });
		const { error } = await session.run(llm);
		expect(error?.message).toContain(message);
		expect(error?.description).toContain(`Told so (${status})`);
		expect(error?.httpCode).toBe(String(status));
		expect(session.calls()).toEqual(['POST /v1/deploy/llm']);
	});

	test('the account’s own limits are reported', async () => {
		state().settings.deployOutOfTokens = true;
		expect((await session.run(llm)).error?.message).toContain('enough credits');
		Object.assign(state().settings, { deployOutOfTokens: false, deployNumberLimit: 0 });
		expect((await session.run(llm)).error?.message).toContain('too many running deployments');
	});

	test('a list of details is described in words', async () => {
		const detail = [{ loc: ['body', 'gpu_count'], msg: 'field required', type: 'x' }];
		state().faults.push({ path: '/v1/deploy/llm', status: 422, body: { detail } });
		const { error } = await session.run(llm);
		expect(error?.description).toContain('body.gpu_count: field required (422)');
	});

	test('a lost response says that it may run, and where to check', async () => {
		state().faults.push({ path: '/v1/deploy/llm', drop: 'after' });
		const { error } = await session.run(llm);
		expect(error?.message).toContain('before MonsterAPI confirmed the deployment');
		expect(error?.description).toContain('Deployment > Get Many');
		expect(state().deployments.size).toBe(1);
	});

	test('invalid input is rejected before anything is sent', async () => {
		const { error } = await session.run({ ...llm, promptTemplate: 'Hello' });
		expect(error?.message).toBe('The prompt template has no {key}');
		expect(session.calls()).toEqual([]);
	});
});

describe('deployCustomImage', () => {
	test.each<[string, IDataObject, object]>([
		[
			'documentation',
			{ hostname: 'h', harddisk: '50', blockName: 'b' },
			{ instance_params: { hostname: 'h', harddisk: '50', blockName: 'b' } },
		],
		[
			'official client',
			{ per_gpu_vram: 8, gpu_count: 2, deployment_name: 'n' },
			{ serving_params: { per_gpu_vram: 8, gpu_count: 2, deployment_name: 'n' } },
		],
	])('in the shape of the %s', async (_name, parameters, expected) => {
		const { items, error } = await session.run({
			...image,
			envParams: { values: [{ name: 'MODE', value: '={{ "fast" }}' }] },
			parameters: { ...parameters, port_numbers: '80, 8080', username: 'me', password: 'hunter2!' },
		});
		expect(error).toBeUndefined();
		expect(items[0]?.json).toMatchObject({ status: 'live', deployment_id: expect.any(String) });
		expect(running(session)[0]?.request.body).toEqual({
			...expected,
			image_registry: { registryName: 'hello-world', username: 'me', password: 'hunter2!' },
			env_params: { MODE: 'fast' },
			port_numbers: [80, 8080],
		});
	});

	// n8n itself drops an expression that replaces the whole list.
	test.each([
		['name', 'Name'],
		['value', 'Value'],
	])('a variable whose %s is an object is rejected', async (key, label) => {
		const variable = { name: 'A', value: '1', [key]: '={{ ({ b: 1 }) }}' };
		const { error } = await session.run({ ...image, envParams: { values: [variable] } });
		expect(error?.message).toBe(
			`'Environment Variables > ${label}' must be a text, but is an object`,
		);
		expect(session.calls()).toEqual([]);
	});

	test('n8n’s own errors contain no password either', () => {
		const node: INode = {
			id: '1',
			name: 'MonsterAPI',
			type: 'monsterApi',
			typeVersion: 1,
			position: [0, 0],
			parameters: { ...image, parameters: { password: 'hunter2-password' } },
		};
		const shown = toNodeError(node, new NodeOperationError(node, 'No credentials'), 0);
		expect(shown.node.parameters).toMatchObject({ operation: 'deployCustomImage' });
		expect(JSON.stringify(shown.node)).not.toContain('hunter2-password');
	});

	test('no error or log contains a password or token', async () => {
		const [password, variable, token] = ['hunter2-password', 'hf_variable-value', 'my-auth-token'];
		const refusal = { message: `Cannot pull with ${password} and ${variable}` };
		const failure = { message: `Cannot start with ${token}` };
		for (const onError of [
			'stopWorkflow',
			'continueRegularOutput',
			'continueErrorOutput',
		] as const) {
			state().faults.push({ method: 'POST', path: '/v1/deploy/', status: 422, body: refusal });
			state().faults.push({ path: '/v1/deploy/status/', status: 400, body: failure });
			const refused = await session.run(
				{
					...image,
					envParams: { values: [{ name: 'HF', value: variable }] },
					parameters: { password },
				},
				{ settings: { onError } },
			);
			const failed = await session.run(
				{ ...llm, parameters: { api_auth_token: token } },
				{ settings: { onError } },
			);
			expect(JSON.stringify(refused)).toContain('Cannot pull with … and …');
			expect(JSON.stringify(failed)).toContain('Cannot start with …');
			for (const secret of [password, variable, token]) {
				expect(JSON.stringify([refused, failed, logLines])).not.toContain(secret);
			}
		}
	});

	test('a live deployment’s own message contains no secret either', async () => {
		const body = { status: 'live', message: 'Started with HF=hf_variable-value' };
		state().faults.push({ path: '/v1/deploy/status/', status: 200, body });
		const { items } = await session.run({
			...image,
			envParams: { values: [{ name: 'HF', value: 'hf_variable-value' }] },
		});
		expect(items[0]?.json['message']).toBe('Started with HF=…');
	});
});
