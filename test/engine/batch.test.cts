import type { INodeExecutionData } from 'n8n-workflow';

import { logLines } from '../support/engine/engine.cjs';
import { useSession } from '../support/engine/session.cjs';

const session = useSession();
const items = (
	count: number,
	prompt = (index: number) => `Prompt ${index}.`,
): INodeExecutionData[] =>
	Array.from({ length: count }, (_unused, index) => ({ json: { prompt: prompt(index) } }));
const write = {
	resource: 'model',
	operation: 'generateText',
	model: 'falcon-7b-instruct',
	prompt: '={{ $json.prompt }}',
};
const one = (wrong: number) => (index: number) =>
	index === wrong ? '[fail: no]' : `Prompt ${index}.`;

/** In one process a response arrives before the next request is sent; a network takes its time. */
const farAway = () => session.emulator.state.faults.push({ delayMs: 20, times: 10_000 });

test('200 items come out in order, each paired, within the limits', async () => {
	farAway();
	Object.assign(session.emulator.state.settings, { workMs: 300, jitter: 1 });
	const { items: out, error } = await session.run(write, { items: items(200) });
	expect(error).toBeUndefined();
	expect(out).toHaveLength(200);
	out.forEach((item, index) => {
		expect(item.pairedItem).toEqual({ item: index });
		expect(item.json['text']).toContain(`Prompt ${index}.`);
	});
	expect(session.emulator.state.jobs.size).toBe(200);
	expect(session.emulator.state.peakOpenRequests).toBeLessThanOrEqual(10);
	expect(session.emulator.state.peakOpenRequests).toBeGreaterThan(4);
}, 30_000);

test('at most four files are transferred at once', async () => {
	farAway();
	const { items: out } = await session.run(
		{ ...write, operation: 'generateImage', model: 'txt2img', parameters: { samples: 2 } },
		{ items: items(12) },
	);
	expect(out.map(({ binary }) => Object.keys(binary ?? {}).length)).toEqual(
		Array.from({ length: 12 }, () => 2),
	);
	expect(session.emulator.state.peakTransfers).toBeLessThanOrEqual(4);
	expect(session.emulator.state.peakTransfers).toBeGreaterThan(1);
}, 30_000);

test.each([
	[1, 5, 1],
	['3', 5, 3],
	[0.5, 5, 1],
	[0, 1010, 1010],
	[undefined, 1010, 1000],
])(
	'with a maximum of %p, of %i items %i are in flight at once',
	async (maxConcurrency, count, expected) => {
		const { jobs } = session.emulator.state;
		const add = jobs.set.bind(jobs);
		// No job ends before all that may be in flight are, however long that takes.
		let workMs = 3_600_000;
		const inFlight = new Promise<number>((resolve) => {
			jobs.set = (id, job) => {
				add(id, Object.defineProperty({ ...job }, 'workMs', { get: () => workMs }));
				if (jobs.size === expected) {
					setTimeout(() => {
						resolve(jobs.size);
						workMs = 0;
					}, 300);
				}
				return jobs;
			};
		});
		const run = session.run({ ...write, options: { maxConcurrency } }, { items: items(count) });
		expect(await inFlight).toBe(expected);
		expect((await run).items).toHaveLength(count);
		jobs.set = add;
	},
	60_000,
);

test('a failed item does not affect the others if the node continues', async () => {
	const { items: out } = await session.run(write, {
		items: items(5, one(2)),
		settings: { onError: 'continueRegularOutput' },
	});
	expect(out.map(({ pairedItem }) => pairedItem)).toEqual(
		[0, 1, 2, 3, 4].map((item) => ({ item })),
	);
	expect(out.map(({ json }) => 'error' in json)).toEqual([false, false, true, false, false]);
	expect(out[2]?.json).toEqual({
		error: 'MonsterAPI could not finish the job: no',
		description: expect.any(String),
		process_id: expect.any(String),
		status: 'FAILED',
		retryable: true,
	});
});

test('a failed item goes to the error output, with its input and its job', async () => {
	const { items: out, errorItems } = await session.run(write, {
		items: items(3, one(0)),
		settings: { onError: 'continueErrorOutput' },
	});
	expect(out.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 1 }, { item: 2 }]);
	expect(errorItems).toHaveLength(1);
	expect(errorItems[0]?.json).toEqual({
		prompt: '[fail: no]',
		error: 'MonsterAPI could not finish the job: no',
		message: expect.any(String),
		details: { process_id: expect.any(String), status: 'FAILED', retryable: true },
	});
});

test('a value that is invalid for one item fails that item only', async () => {
	const { items: out } = await session.run(
		{ ...write, parameters: { temp: '={{ $itemIndex === 1 ? 7 : 0.5 }}' } },
		{ items: items(3), settings: { onError: 'continueRegularOutput' } },
	);
	expect(out.map(({ json }) => 'error' in json)).toEqual([false, true, false]);
	expect(session.emulator.state.jobs.size).toBe(2);
});

test.each([5, 11, 60])(
	'where the first failure ends the node, a wrong form of item %i costs nothing: no request leaves',
	async (wrong) => {
		const { error } = await session.run(write, {
			items: items(70, (index) => (index === wrong ? '' : `Prompt ${index}.`)),
		});
		expect(error?.message).toBe('The prompt is empty');
		expect(session.calls()).toEqual([]);
	},
);

test('a failure of the node lists the billed jobs that continue, and starts no more', async () => {
	session.emulator.state.settings.workMs = { default: 3_600_000 };
	session.emulator.state.faults.push({ method: 'POST', times: 3 }, { method: 'POST', status: 400 });
	const { error } = await session.run(
		{ ...write, options: { maxConcurrency: 4 } },
		{ items: items(50) },
	);
	expect(error?.message).toBe('MonsterAPI did not accept the input');
	const ids = [...session.emulator.state.jobs.keys()];
	expect(ids).toHaveLength(3);
	for (const id of ids) {
		expect(error?.description).toContain(id);
		expect(logLines.some((line) => line.includes(id))).toBe(true);
	}
});

test('a failure lists finished jobs too: n8n drops their items', async () => {
	const { error } = await session.run(
		{ ...write, options: { maxConcurrency: 1 } },
		{ items: items(3, one(2)) },
	);
	const ids = [...session.emulator.state.jobs.keys()];
	expect(ids).toHaveLength(3);
	for (const id of ids) expect(error?.description).toContain(id);
});

test('an item that fails after its job was accepted keeps the ID, whatever failed', async () => {
	session.emulator.state.faults.push({ method: 'GET', status: 401, times: 9 });
	const { items: out } = await session.run(write, {
		items: items(1),
		settings: { onError: 'continueRegularOutput' },
	});
	const [id] = [...session.emulator.state.jobs.keys()];
	expect(out[0]?.json).toMatchObject({ process_id: id, http_status: 401, retryable: false });
});

test('a 429 delays all items and loses none', async () => {
	Object.assign(session.emulator.state.settings, {
		rateLimit: { requests: 6, perMs: 300 },
		retryAfter: '0.3',
	});
	const { items: out, error } = await session.run(write, { items: items(15) });
	expect(error).toBeUndefined();
	expect(out).toHaveLength(15);
	expect(session.emulator.state.jobs.size).toBe(15);
	expect(session.emulator.state.requests.some(({ status }) => status === 429)).toBe(true);
}, 60_000);

test('no items, no requests', async () => {
	const { items: out, error } = await session.run(write, { items: [] });
	expect(error).toBeUndefined();
	expect(out).toEqual([]);
	expect(session.calls()).toEqual([]);
});

test.each<[string, object, object]>([
	['an empty key', { credential: { apiKey: '', baseUrl: 'http://127.0.0.1:9/v1' } }, {}],
	['a wrong Max Concurrency', {}, { options: { maxConcurrency: '={{ "many" }}' } }],
])('%s fails each item: no input is passed on as a result', async (_name, more, parameters) => {
	const settings = { onError: 'continueErrorOutput' } as const;
	const outcome = await session.run(
		{ ...write, ...parameters },
		{ items: items(2), settings, ...more },
	);
	expect(outcome.items).toEqual([]);
	expect(outcome.errorItems).toHaveLength(2);
});
