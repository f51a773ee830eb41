import type { Config } from '../config/config.mts';
import { deleteOldJobs, unfinishedAmong } from '../jobs/job-store.mts';
import type { Sql } from '../store/database.mts';
import type { Storage } from './storage.mts';

const intervalMs = 10 * 60_000;
const hourMs = 3_600_000;
/** A submission that is still being received has a job without a row. */
const inputGraceMs = hourMs;
const workMaxAgeMs = 24 * hourMs;

/** Deletes what is past its retention, now and then. Returns a function that ends it. */
export function startCleanUp(
	retention: Config['retention'],
	sql: Sql,
	storage: Storage,
	onError: (error: unknown) => void,
): () => void {
	const timer = setInterval(() => {
		cleanUp(retention, sql, storage).catch(onError);
	}, intervalMs);
	timer.unref();
	return () => clearInterval(timer);
}

export async function cleanUp(
	retention: Config['retention'],
	sql: Sql,
	storage: Storage,
): Promise<void> {
	for await (const owner of storage.olderThan('uploads', retention.uploadsMs)) {
		await storage.remove('uploads', owner);
	}
	for await (const owner of storage.olderThan('results', retention.resultsMs)) {
		await storage.remove('results', owner);
	}
	for await (const owner of storage.olderThan('work', workMaxAgeMs)) {
		await storage.remove('work', owner);
	}
	for await (const jobId of storage.olderThan('inputs', inputGraceMs)) {
		const needed = await unfinishedAmong(sql, [jobId]);
		if (!needed.has(jobId)) await storage.remove('inputs', jobId);
	}
	await deleteOldJobs(sql, retention.jobsMs);
}
