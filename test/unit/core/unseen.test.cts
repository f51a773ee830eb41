import type { IBinaryData } from 'n8n-workflow';

import { getStatus } from '../../../nodes/core/api/status';
import { waitUntilLive } from '../../../nodes/core/deployments/waitUntilLive';
import type { HttpResult } from '../../../nodes/core/host';
import { createClient } from '../../../nodes/core/http/client';
import { waitForJob } from '../../../nodes/core/jobs/wait';
import { createDurationStats } from '../../../nodes/core/polling/durationStats';
import { readJobOptions } from '../../../nodes/MonsterApi/actions/form/options';
import { parametersOf } from '../../../nodes/MonsterApi/actions/form/parameters';
import { createAsyncCache } from '../../../nodes/MonsterApi/actions/run/asyncCache';
import { awaitJob } from '../../../nodes/MonsterApi/actions/run/awaitJob';
import { clientOf } from '../../support/fakes/deployment.cjs';
import { fault, json, virtualHost, type VirtualHost } from '../../support/fakes/virtual-host.cjs';

const running = json(200, { process_id: 'p', status: 'IN_PROGRESS' });
const html = json(200, '<html>Welcome</html>');
const refused = fault('ECONNREFUSED', 'no');
const unknownHost = fault('ENOTFOUND', 'no');

const wait = async (host: VirtualHost, immediate: boolean, timeoutMs = 600_000) =>
	await host.run(waitForJob(clientOf(host), 'p', { timeoutMs, immediate }));

describe('a job that was never seen', () => {
	test.each<[string, HttpResult, RegExp]>([
		['HTML', html, /did not come from MonsterAPI/],
		['an unknown host', unknownHost, /could not be reached/],
		['a certificate', fault('CERT_HAS_EXPIRED', 'no', false), /could not be reached/],
		['a wrong key', json(401, {}), /did not accept the API key/],
		['an unknown ID', json(404, {}), /does not know this job/],
		['a redirect', json(302, ''), /redirect/],
	])('ends its wait early where the fault will not pass: %s', async (_name, answer, message) => {
		const host = virtualHost(() => answer);
		await expect(wait(host, true)).rejects.toThrow(message);
		expect(host.requests.length).toBeLessThanOrEqual(5);
		expect(host.now()).toBeLessThan(20_000);
	});

	test.each<[string, HttpResult, string]>([
		['a refused connection', refused, 'ECONNREFUSED'],
		['a reset connection', fault('ECONNRESET', 'maybe'), 'ECONNRESET'],
		['no answer', fault('ETIMEDOUT', 'maybe'), 'ETIMEDOUT'],
		['a busy resolver', fault('EAI_AGAIN', 'no'), 'EAI_AGAIN'],
		['a 503', json(503, ''), '503'],
		['a page with a 502', json(502, '<html>'), '502'],
	])('is waited for while the fault may pass, and it is named: %s', async (_name, answer, name) => {
		const host = virtualHost(() => answer);
		const waited = await wait(host, true);
		expect(host.now()).toBe(600_000);
		expect(waited).toMatchObject({ kind: 'timedOut', state: undefined });
		expect(waited).toMatchObject({ fault: { explanation: expect.stringContaining(name) } });
	});

	test('is found once the fault has passed', async () => {
		const answers = [html, refused, unknownHost, html, json(503, ''), unknownHost, running];
		const host = virtualHost(
			(_request, { requests }) =>
				answers[requests.length - 1] ?? json(200, { status: 'COMPLETED', result: { text: 'x' } }),
		);
		await expect(wait(host, true)).resolves.toMatchObject({ kind: 'ended' });
	});
});

describe('a job that was accepted or seen', () => {
	test.each([
		['HTML', html],
		['an unknown host', unknownHost],
	])('is waited for whatever the fault: %s', async (_name, answer) => {
		const accepted = virtualHost(() => answer);
		await expect(wait(accepted, false)).resolves.toMatchObject({
			kind: 'timedOut',
			state: undefined,
			fault: { message: expect.any(String) },
		});
		const seen = virtualHost((_request, { requests }) =>
			requests.length === 1 ? running : answer,
		);
		await expect(wait(seen, true)).resolves.toMatchObject({
			kind: 'timedOut',
			state: { status: 'IN_PROGRESS' },
			fault: { message: expect.any(String) },
		});
	});

	test('has no fault if the last poll told its state', async () => {
		const host = virtualHost((_request, { now }) => (now() < 30_000 ? refused : running));
		const waited = await wait(host, false, 60_000);
		expect(waited).toEqual({ kind: 'timedOut', state: expect.anything() });
	});
});

test('a deployment that could not be seen says why', async () => {
	const host = virtualHost(() => html);
	const options = { timeoutMs: 60_000, terminateOnFailure: false };
	const outcome = waitUntilLive(clientOf(host), 'd', options, () => undefined);
	await expect(host.run(outcome)).resolves.toMatchObject({
		kind: 'timedOut',
		deployment: undefined,
		fault: { explanation: expect.stringMatching(/did not come from MonsterAPI.*base URL/) },
	});
});

test('an attempt that the deadline cut short does not hide the fault before it', async () => {
	const host = virtualHost(async ({ timeoutMs }, { requests, sleep, signal }) => {
		if (requests.length === 1) return html;
		await sleep(timeoutMs, signal);
		return fault('ETIMEDOUT', 'maybe');
	});
	const read = getStatus(clientOf(host), 'p', { maxAttempts: Infinity, deadline: 3_000 });
	await expect(host.run(read)).rejects.toThrow('did not come from MonsterAPI');
	expect(host.requests).toHaveLength(2);
});

const emptyForm = parametersOf(() => null);

test('the error of a job that was seen once says so', async () => {
	const host = virtualHost((_request, { requests }) => (requests.length === 1 ? running : refused));
	const client = createClient<IBinaryData>(
		{ ...host, now: host.now, saveFile: async () => await Promise.reject(new Error('no files')) },
		{ baseUrl: 'https://api.test/v1', secrets: [] },
	);
	const error: unknown = await host
		.run(
			awaitJob(
				{
					client,
					itemIndex: 0,
					parameters: emptyForm,
					durationStats: createDurationStats(),
					calledByAgent: false,
					billed: undefined,
					note: () => undefined,
					timeOfDay: () => '',
					trackBilled: () => undefined,
					untrackBilled: () => undefined,
					endpoints: createAsyncCache(),
				},
				{
					processId: 'p-1',
					options: readJobOptions(emptyForm),
					output: {
						simplify: true,
						download: false,
						binaryField: 'data',
						itemPerFile: false,
						maxFileBytes: 1,
					},
				},
			),
		)
		.catch((caught: unknown) => caught);
	expect(error).toMatchObject({
		message:
			'The job had not ended when its status was last read, and could not be read again within 600 seconds',
		details: {
			jobStatus: 'IN_PROGRESS',
			advice: expect.stringMatching(/ECONNREFUSED.*Its process ID is p-1/),
		},
	});
});
