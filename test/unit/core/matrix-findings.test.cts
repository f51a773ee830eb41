import { Readable } from 'node:stream';
import { getLogs, listInstances } from '../../../nodes/core/api/deploymentInfo';
import { getDeployment } from '../../../nodes/core/api/deploymentLifecycle';
import { generateWithDeployment } from '../../../nodes/core/api/generate';
import { getStatus } from '../../../nodes/core/api/status';
import { createWebhook } from '../../../nodes/core/api/webhooks';
import { downloadFile } from '../../../nodes/core/files/download';
import type { HttpResult } from '../../../nodes/core/host';
import { MonsterApiError } from '../../../nodes/core/http/errors';
import type { Client } from '../../../nodes/core/http/client';
import { readLimits } from '../../../nodes/core/http/timeouts';
import { clientOf } from '../../support/fakes/deployment.cjs';
import { json, virtualHost } from '../../support/fakes/virtual-host.cjs';

/* Cells of the fault matrix that were wrong. */

async function meet(work: (client: Client) => Promise<unknown>, answer: () => HttpResult) {
	const host = virtualHost(answer);
	const error: unknown = await host.run(work(clientOf(host)).catch((reason: unknown) => reason));
	return { error, requests: host.requests.length };
}

const limits = readLimits(0);
const page = () => json(400, '<html><h1>400 Bad Request</h1></html>');

test("a proxy's page with 400 does not mean that a launch has failed", async () => {
	const { error } = await meet((client) => getDeployment(client, 'd', limits), page);
	expect(error).toBeInstanceOf(MonsterApiError);
	expect(error).toMatchObject({ details: { status: 400 } });
});

test('an error in place of a job is no status of it', async () => {
	const { error, requests } = await meet(
		(client) => getStatus(client, 'p', limits),
		() => json(200, { status: 'error', message: 'database' }),
	);
	expect(error).toMatchObject({ details: { retryable: true } });
	expect(requests).toBe(5);
});

test.each([
	['failed', { status: 'FAILED' }],
	['running', { status: 'error', process_id: 'p' }],
])('a job may be %s without further words', async (phase, body) => {
	const { error } = await meet(
		(client) => getStatus(client, 'p', limits),
		() => json(200, body),
	);
	expect(error).toMatchObject({ phase });
});

test.each<[string, (client: Client) => Promise<unknown>]>([
	['log', async (client) => await getLogs(client, 'd', 10)],
	['list of instances', async (client) => await listInstances(client)],
])('a stated failure is no %s', async (_what, work) => {
	const { error } = await meet(work, () => json(200, { success: false, error: 'database' }));
	expect(error).toBeInstanceOf(MonsterApiError);
});

test.each([500, 502, 504])('after %i a webhook may have been created', async (status) => {
	const { error, requests } = await meet(
		(client) => createWebhook(client, { name: 'n', url: 'https://n8n.test/' }),
		() => json(status, ''),
	);
	expect(requests).toBe(1);
	expect(error).toMatchObject({
		details: { retryable: false, advice: expect.stringContaining('may have been made') },
	});
});

test('a result file that repeats the key is quoted without it', async () => {
	const { error } = await meet(
		(client) => downloadFile(client, 'https://s.test/p.png', 'p'),
		() => ({
			kind: 'stream',
			status: 200,
			headers: {},
			stream: Readable.from([Buffer.from('{"message":"the-key is wrong"}')]),
		}),
	);
	expect(String(error)).toContain('JSON (… is wrong)');
});

test('Retry-After: 0 of a deployment is no invitation to a flood', async () => {
	const { requests } = await meet(
		(client) =>
			generateWithDeployment(
				client,
				{ url: 'https://d.test', token: 'the-token', allowInvalidCertificate: false },
				{},
				300_000,
			),
		() => json(429, '', { 'retry-after': '0' }),
	);
	expect(requests).toBeLessThan(40);
});
