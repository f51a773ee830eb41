import { createUnknownJobs, type LookUp } from '../../../nodes/core/webhook/unknownJobs';

type Jobs = ReturnType<typeof createUnknownJobs>;

/** Lets a callback in that must not wait. */
async function admit(jobs: Jobs, processId: string, now = 0) {
	const entry = await jobs.enter(processId, now);
	if (entry.kind !== 'admitted') throw new Error(`${processId} is ${entry.kind}`);
	return entry;
}

const lookUp = async (jobs: Jobs, processId: string, outcome: LookUp, now = 0) => {
	(await admit(jobs, processId, now)).leave(outcome, now);
};

const lookUpMany = async (jobs: Jobs, count: number, outcome: LookUp, now = 0) => {
	for (let index = 0; index < count; index++) await lookUp(jobs, `j-${index}`, outcome, now);
};

/** Enters a callback, and tells what has become of it so far. */
function enter(jobs: Jobs, processId: string, now = 0) {
	const progress: { kind: string } = { kind: 'waits' };
	void jobs.enter(processId, now).then(({ kind }) => (progress.kind = kind));
	return async () => {
		await new Promise((resolve) => setImmediate(resolve));
		return progress.kind;
	};
}

test.each<[LookUp, string]>([
	['known', 'admitted'],
	['undecided', 'admitted'],
	['unknown', 'throttled'],
])('the 31st job waits for one of thirty, which is %s, and is %s', async (outcome, kind) => {
	const jobs = createUnknownJobs();
	await lookUpMany(jobs, 29, 'unknown');
	const last = await admit(jobs, 'last');
	const next = enter(jobs, 'next');
	expect(await next()).toBe('waits');
	last.leave(outcome, 0);
	expect(await next()).toBe(kind);
});

test('thirty unknown jobs are enough for a minute', async () => {
	const jobs = createUnknownJobs();
	await lookUpMany(jobs, 30, 'unknown', 1_000);
	await expect(jobs.enter('next', 60_999)).resolves.toEqual({ kind: 'throttled' });
	await expect(jobs.enter('next', 61_000)).resolves.toMatchObject({ kind: 'admitted' });
});

test('an unknown job is looked up again after ten seconds, as a recheck', async () => {
	const jobs = createUnknownJobs();
	expect(await admit(jobs, 'a')).toMatchObject({ isRecheck: false });
	await lookUp(jobs, 'a', 'unknown');
	await expect(jobs.enter('a', 9_999)).resolves.toEqual({ kind: 'unknown' });
	expect(await admit(jobs, 'a', 10_000)).toMatchObject({ isRecheck: true });
});

test('a job that was known once is not limited, and no recheck', async () => {
	const jobs = createUnknownJobs();
	await lookUp(jobs, 'known', 'known');
	await lookUpMany(jobs, 30, 'unknown');
	expect(await admit(jobs, 'known')).toMatchObject({ isRecheck: false });
});

test('an unknown job that is unknown again counts anew', async () => {
	const jobs = createUnknownJobs();
	await lookUpMany(jobs, 30, 'unknown');
	await lookUp(jobs, 'j-0', 'unknown', 50_000);
	// All others are forgotten.
	await lookUpMany(jobs, 0, 'unknown');
	await expect(jobs.enter('j-0', 59_999)).resolves.toEqual({ kind: 'unknown' });
	expect(await admit(jobs, 'j-0', 60_000)).toMatchObject({ isRecheck: true });
	expect(await admit(jobs, 'j-1', 60_000)).toMatchObject({ isRecheck: false });
});

test('two callbacks about one job count as one, until both are decided', async () => {
	const jobs = createUnknownJobs();
	await lookUpMany(jobs, 29, 'unknown');
	const first = await admit(jobs, 'twice');
	const second = await admit(jobs, 'twice');
	const next = enter(jobs, 'next');
	first.leave('undecided', 0);
	expect(await next()).toBe('waits');
	// While one is looked up, more about it are let in.
	const third = await admit(jobs, 'twice');
	third.leave('undecided', 0);
	expect(await next()).toBe('waits');
	second.leave('undecided', 0);
	expect(await next()).toBe('admitted');
});

test('those that wait are let in in their order, as far as there is room', async () => {
	const jobs = createUnknownJobs();
	const entries = [];
	for (let index = 0; index < 30; index++) entries.push(await admit(jobs, `j-${index}`));
	const waiting = ['a', 'b', 'c'].map((id) => enter(jobs, id));
	entries[0]?.leave('known', 0);
	entries[1]?.leave('undecided', 0);
	expect(await Promise.all(waiting.map(async (kind) => await kind()))).toEqual([
		'admitted',
		'admitted',
		'waits',
	]);
});

test('no more than ten thousand wait', async () => {
	const jobs = createUnknownJobs();
	for (let index = 0; index < 30; index++) await admit(jobs, `j-${index}`);
	for (let index = 0; index < 9_999; index++) void jobs.enter(`w-${index}`, 0);
	const last = enter(jobs, 'last');
	const tooMany = enter(jobs, 'too many');
	expect([await last(), await tooMany()]).toEqual(['waits', 'throttled']);
});
