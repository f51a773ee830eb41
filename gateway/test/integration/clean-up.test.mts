import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { cleanUp } from '../../src/files/clean-up.mts';
import { Storage } from '../../src/files/storage.mts';
import { beginRuns, endJob, insertJobs } from '../../src/jobs/job-store.mts';
import { openEmbedded } from '../../src/store/embedded.mts';
import { migrate } from '../../src/store/migrate.mts';
import { newDataFolder } from '../support/store-template.mts';

const hourMs = 3_600_000;
const retention = { resultsMs: 7 * 24 * hourMs, uploadsMs: hourMs / 2, jobsMs: 30 * 24 * hourMs };

it('deletes what is past its retention and keeps what jobs still need', async (test) => {
	const folder = await newDataFolder();
	const database = await openEmbedded(folder);
	test.after(async () => {
		await database.close();
		rmSync(folder, { recursive: true, force: true });
	});
	await migrate(database);
	const put = (area: string, owner: string, ageMs: number): void => {
		const path = join(folder, 'files', area, owner);
		mkdirSync(path, { recursive: true });
		writeFileSync(join(path, 'a.wav'), 'x');
		const time = new Date(Date.now() - ageMs);
		utimesSync(path, time, time);
	};
	const owners = (area: string): string[] => readdirSync(join(folder, 'files', area)).sort();
	const addJob = async (ended: boolean): Promise<string> => {
		const id = randomUUID();
		await insertJobs(database, [
			{
				id,
				keyName: 'k',
				model: 'whisper',
				inputs: {},
				file: undefined,
				baseUrl: 'http://x',
				webhookUrl: undefined,
			},
		]);
		const [job] = await beginRuns(database, [id]);
		assert.ok(job);
		if (ended) await endJob(database, job, 'COMPLETED', { text: 'x' });
		return id;
	};
	const [ended, running, oldJob] = [await addJob(true), await addJob(false), await addJob(true)];
	const unknown = randomUUID();
	await database.query(
		"UPDATE gateway.job SET finished_at = now() - interval '31 days' WHERE id = $1",
		[oldJob],
	);

	put('uploads', 'old-upload-0123456789', hourMs);
	put('uploads', 'new-upload-0123456789', 0);
	put('results', 'old-result-0123456789', 8 * 24 * hourMs);
	put('results', 'new-result-0123456789', 6 * 24 * hourMs);
	put('inputs', ended, 2 * hourMs);
	put('inputs', running, 2 * hourMs);
	put('inputs', unknown, 0);
	put('work', `${running}-1`, hourMs);

	await cleanUp(retention, database, new Storage(folder));

	assert.deepEqual(owners('uploads'), ['new-upload-0123456789']);
	assert.deepEqual(owners('results'), ['new-result-0123456789']);
	assert.deepEqual(owners('inputs'), [running, unknown].sort());
	assert.deepEqual(owners('work'), [`${running}-1`]);
	const rows = await database.query<{ id: string }>('SELECT id FROM gateway.job');
	assert.deepEqual(rows.map(({ id }) => id).sort(), [ended, running].sort());
});
