import { getStatus } from '../../../nodes/core/api/status';
import { terminateDeployment } from '../../../nodes/core/deployments/terminate';
import { tryTerminate } from '../../../nodes/core/deployments/waitUntilLive';
import { pauseWithin } from '../../../nodes/core/http/retryPolicy';
import { readLimits } from '../../../nodes/core/http/timeouts';
import { clientOf } from '../../support/fakes/deployment.cjs';
import { json, virtualHost, type VirtualHost } from '../../support/fakes/virtual-host.cjs';

/** A host that asks to wait for so many seconds once, and then answers. */
const asking = (status: number, seconds: number): VirtualHost =>
	virtualHost((_request, { requests }) =>
		requests.length === 1
			? json(status, {}, { 'retry-after': String(seconds) })
			: json(200, {
					process_id: 'p',
					status: 'COMPLETED',
					result: { text: 'x' },
					message: 'Instance Terminated',
				}),
	);

test.each([
	[503, 120],
	[503, 119.9],
	[501, 3_600],
	[429, 120],
	[429, 3_600],
])('a termination that is answered %i with Retry-After %d has a last attempt', async (...asked) => {
	const host = asking(...asked);
	await expect(host.run(terminateDeployment(clientOf(host), 'd'))).resolves.toMatchObject({
		alreadyEnded: false,
	});
	expect(host.requests.map(({ at }) => at)).toEqual([0, 115_000]);
});

test.each([
	[503, 30],
	[503, 100],
	[429, 30],
])('after a stop a termination answered %i with Retry-After %d has one too', async (...asked) => {
	const host = asking(...asked);
	host.stop();
	await expect(host.run(tryTerminate(clientOf(host), 'd', 0))).resolves.toBe('terminated');
	expect(host.requests.map(({ at }) => at)).toEqual([0, 25_000]);
});

test('a termination has its last attempt although others are paused by a rate limit', async () => {
	const host = asking(429, 120);
	const client = clientOf(host);
	const refused = getStatus(client, 'p', readLimits(0)).catch((error: unknown) => error);
	await host.run(host.sleep(2_000, host.signal));
	await host.run(terminateDeployment(client, 'd', { deadline: 32_000 }));
	await expect(host.run(refused)).resolves.toMatchObject({ details: { status: 429 } });
	expect(host.requests.map(({ at }) => at)).toEqual([0, 27_000]);
});

test('a read that meets a 503 has a last attempt, but never disregards a rate limit', async () => {
	const down = asking(503, 120);
	await expect(down.run(getStatus(clientOf(down), 'p', readLimits(0)))).resolves.toMatchObject({
		phase: 'completed',
	});
	expect(down.requests.map(({ at }) => at)).toEqual([0, 115_000]);
	const limited = asking(429, 120);
	await expect(limited.run(getStatus(clientOf(limited), 'p', readLimits(0)))).rejects.toThrow(
		'rate limit',
	);
	expect(limited.requests).toHaveLength(1);
});

test.each([
	// Enough time is left.
	[30_000, 120_000, 30_000],
	[118_000, 120_000, 118_000],
	// A last attempt has five seconds.
	[119_500, 120_000, 115_000],
	[Infinity, 30_000, 25_000],
	[500, 5_250, 500],
	// There is no time for two.
	[4_900, 5_000, 4_900],
	[5_000, 5_000, undefined],
	[250, 250, undefined],
	[30_000, Infinity, 30_000],
])('a pause of %d ms with %d ms left takes %p', (pauseMs, leftMs, expected) => {
	expect(pauseWithin(pauseMs, leftMs)).toBe(expected);
});
