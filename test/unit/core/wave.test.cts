import {
	modelsIn,
	runLearning,
	summarise,
	type Band,
} from '../../../benchmarks/waiting/simulate.cjs';
import { runTogether, wavesIn } from '../../../benchmarks/waiting/waves.cjs';
import { createClient } from '../../../nodes/core/http/client';
import { createDurationHistory } from '../../../nodes/core/polling/durationHistory';
import { createLearner } from '../../../nodes/core/polling/adaptiveSchedule';
import { waitForJob } from '../../../nodes/core/jobs/wait';
import { json, seededRandom, virtualHost } from '../../support/fakes/virtual-host.cjs';

const alone = (band: Band) =>
	summarise(
		runLearning(
			modelsIn(band, 400, 1, () => 1),
			0.5,
			false,
		),
	);

describe('a hundred jobs of an unknown kind at once', () => {
	test.each<[Band, late: number, calls: number, later: number]>([
		[[1, 5], 0.25, 3, 2.1],
		[[5, 20], 0.35, 9.4, 3.6],
		[[20, 60], 0.65, 18, 5.2],
		[[60, 300], 2, 35.5, 8],
	])(
		'of %p s, within 15 %%, learn from each other: %f s late, %f calls, the next hundred %f',
		(band, late, calls, later) => {
			const { first, second } = wavesIn(band, 0.15, 8);
			expect(first.late).toBeLessThanOrEqual(late);
			expect(first.calls).toBeLessThanOrEqual(calls);
			expect(second.calls).toBeLessThanOrEqual(later);
		},
	);

	test('of two seconds each, hardly one is looked at in vain', () => {
		const { first } = wavesIn([2, 2], 0, 8);
		expect(first.calls).toBeLessThan(1.3);
		expect(first.late).toBeLessThan(0.15);
	});

	test('half as late as alone, and with fewer calls', () => {
		const single = alone([20, 60]);
		expect(wavesIn([20, 60], 0.4, 6).first.late).toBeLessThan(single.late / 2);
		expect(wavesIn([20, 60], 0.15, 6).first.calls).toBeLessThan(0.97 * single.calls);
	});

	test('a stream that never stops keeps up with a model that becomes slower', () => {
		const durationsMs = Array.from({ length: 1_000 }, (_none, job) =>
			job < 720 ? 20_000 : 40_000,
		);
		const waits = runTogether({ name: 'a stream', durationsMs }, 100).slice(850);
		const mean = (of: (wait: (typeof waits)[number]) => number) =>
			waits.reduce((sum, wait) => sum + of(wait), 0) / waits.length;
		expect(mean(({ lateMs }) => lateMs)).toBeLessThan(1_000);
		expect(mean(({ calls }) => calls)).toBeLessThan(6);
	});

	test('those that end first do not speak for all: a job twice as long as the others is not forgotten', () => {
		const durationsMs = Array.from({ length: 100 }, (_none, job) => (job === 50 ? 40_000 : 20_000));
		const waits = runTogether({ name: 'one straggler', durationsMs }, 100);
		expect(waits[50]?.lateMs).toBeLessThan(5_000);
		expect(waits[50]?.calls).toBeLessThan(40);
	});
});

test('the first that is seen to have ended wakes the others', async () => {
	const ends = 20_000;
	const host = virtualHost(
		(_request, { now }) =>
			json(200, {
				process_id: 'p',
				status: now() < ends ? 'IN_PROGRESS' : 'COMPLETED',
				result: { text: 'x' },
			}),
		seededRandom(5),
	);
	const client = createClient(host, { baseUrl: 'https://api.test/v1', secrets: [] });
	const learner = createLearner(createDurationHistory());
	const seenAt = await host.run(
		Promise.all(
			Array.from({ length: 40 }, async () => {
				const flight = learner.begin('m');
				await waitForJob(client, 'p', { timeoutMs: 600_000, trackedJob: flight });
				return host.now();
			}),
		),
	);
	const late = seenAt.map((at) => at - ends);
	// Alone, each would be 1.3 s late.
	expect(late.reduce((sum, one) => sum + one, 0) / late.length).toBeLessThan(400);
	expect(host.pending()).toBe(0);
});
