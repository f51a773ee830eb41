import { Readable } from 'node:stream';

import { generateWithDeployment } from '../../../nodes/core/api/generate';
import { getStatus } from '../../../nodes/core/api/status';
import { downloadFile } from '../../../nodes/core/files/download';
import type { HttpResult } from '../../../nodes/core/host';
import { readLimits } from '../../../nodes/core/http/timeouts';
import { downloadOutputs } from '../../../nodes/core/jobs/submit';
import { startDeployment } from '../../../nodes/core/deployments/start';
import { downloadWithinLimit } from '../../../nodes/core/webhook/outputs';
import { clientOf } from '../../support/fakes/deployment.cjs';
import { virtualHost } from '../../support/fakes/virtual-host.cjs';

const tooLarge = (status: number): HttpResult => ({ kind: 'tooLarge', status, headers: {} });
const megabytes = 1024 * 1024;

test.each([200, 400, 429, 503])('an answer %i that is too large is final', async (status) => {
	const host = virtualHost(() => tooLarge(status));
	const read = getStatus(clientOf(host), 'p', readLimits(0));
	await expect(host.run(read)).rejects.toMatchObject({
		message: 'MonsterAPI answered with more than 16 MB',
		details: { retryable: false },
	});
	expect(host.requests).toHaveLength(1);
	expect(host.requests[0]?.request.maxBytes).toBe(16 * megabytes);
});

test('a launch that was answered with too much may be running', async () => {
	const host = virtualHost(() => tooLarge(200));
	const launch = startDeployment(clientOf(host), 'llm', { body: {}, secrets: [] });
	await expect(host.run(launch)).rejects.toMatchObject({
		details: { maybeAccepted: true, advice: expect.stringContaining('larger than 16 MB') },
	});
	expect(host.requests).toHaveLength(1);
	expect(host.logged).toHaveLength(1);
});

test('a deployed model that answers too much is named', async () => {
	const host = virtualHost(() => tooLarge(200));
	const model = { url: 'https://d.test', token: 'token-1', allowInvalidCertificate: false };
	await expect(host.run(generateWithDeployment(clientOf(host), model, {}, 60_000))).rejects.toThrow(
		'The deployment answered with more than 16 MB',
	);
});

/** A file of so many megabytes, and how much of it was read. */
function file(size: number, headers: Record<string, string> = {}) {
	const seen = { read: 0 };
	const answer = (): HttpResult => ({
		kind: 'stream',
		status: 200,
		headers,
		stream: Readable.from(
			(async function* () {
				for (let sent = 0; sent < size; sent++) {
					seen.read += 1;
					yield await Promise.resolve(Buffer.alloc(megabytes));
				}
			})(),
		),
	});
	return { seen, answer };
}

describe('a result file that is larger than its limit', () => {
	const error = {
		message: 'The result file is larger than 3 MB',
		details: { retryable: false, advice: expect.stringContaining("'Max File Size (MB)'") },
	};

	test.each<[string, Record<string, string>]>([
		['without a length', {}],
		['with a wrong length', { 'content-length': '10' }],
		['that is compressed', { 'content-length': '10', 'content-encoding': 'br' }],
	])('%s ends at the limit, once', async (_name, headers) => {
		const { seen, answer } = file(1_000, headers);
		const host = virtualHost(answer);
		const download = downloadFile(clientOf(host), 'https://f.test/a', 'a', 3 * megabytes);
		await expect(host.run(download)).rejects.toMatchObject(error);
		expect(host.requests).toHaveLength(1);
		expect(seen.read).toBeLessThan(10);
	});

	test('is not read if it says so', async () => {
		const { seen, answer } = file(4, { 'content-length': String(4 * megabytes) });
		const host = virtualHost(answer);
		const download = downloadFile(clientOf(host), 'https://f.test/a', 'a', 3 * megabytes);
		await expect(host.run(download)).rejects.toMatchObject(error);
		expect(seen.read).toBeLessThan(2);
		expect(host.saved).toEqual([]);
	});

	test('at its limit is stored', async () => {
		const host = virtualHost(file(3).answer);
		const download = downloadFile(clientOf(host), 'https://f.test/a', 'a', 3 * megabytes);
		await expect(host.run(download)).resolves.toBe('a');
	});
});

describe('a job with thousands of files', () => {
	const output = Array.from({ length: 2_000 }, (_none, index) => `https://f.test/${index}`);
	const state = (count: number) => ({
		processId: 'p',
		status: 'COMPLETED',
		phase: 'completed' as const,
		result: { output: output.slice(0, count) },
		failure: undefined,
		raw: {},
	});

	test('keeps its URLs, and none is downloaded', async () => {
		const host = virtualHost(file(1).answer);
		await expect(
			host.run(downloadOutputs(clientOf(host), state(2_000), undefined)),
		).rejects.toMatchObject({
			message: 'The job has 2000 output files, and no more than 100 are downloaded',
			details: { output, processId: 'p', advice: expect.stringContaining("'Download' off") },
		});
		expect(host.requests).toEqual([]);
	});

	test('starts the workflow of its callback without them', async () => {
		const host = virtualHost(file(1).answer);
		await expect(
			host.run(downloadWithinLimit(clientOf(host), state(2_000), undefined)),
		).resolves.toMatchObject({ failure: expect.stringContaining('2000 output files') });
		expect(host.requests).toEqual([]);
	});

	test('that has a hundred gets all', async () => {
		const host = virtualHost(file(1).answer);
		await expect(host.run(downloadOutputs(clientOf(host), state(100)))).resolves.toHaveLength(100);
	});
});
