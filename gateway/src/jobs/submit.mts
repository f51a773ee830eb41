import type { PgBoss } from 'pg-boss';
import type { Config } from '../config/config.mts';
import type { ApiKey } from '../keys/keys.mts';
import { Batch } from '../store/batch.mts';
import type { Database, Sql } from '../store/database.mts';
import { queueNameForModel } from './engine-runtime.mts';
import type { Job, NewJob } from './job.mts';
import { countUnfinished, insertJobs } from './job-store.mts';
import { Queue } from './queue.mts';
import type { Announce, RunEntry } from './settlement.mts';

/** False when the key has as many unfinished jobs as it may. */
export type SubmitJob = (job: NewJob, key: ApiKey) => Promise<boolean>;

/**
 * Makes the function that takes a job: row, queue entry and first callback are on disk together when
 * it returns true.
 */
export function createSubmit(
	config: Config,
	database: Database,
	boss: PgBoss,
	announce: Announce,
): SubmitJob {
	const queues = new Map<string, Queue<RunEntry>>();
	const queueFor = (name: string): Queue<RunEntry> => {
		const queue = queues.get(name) ?? new Queue<RunEntry>(boss, name);
		queues.set(name, queue);
		return queue;
	};
	const accept = async (sql: Sql, jobs: readonly NewJob[]): Promise<void> => {
		await insertJobs(sql, jobs);
		const byQueue = Map.groupBy(jobs, (job) => queueNameForModel(config, job.model));
		for (const [name, own] of byQueue) {
			if (name === undefined) throw new Error(`No engine answers '${own[0]?.model}'`);
			await queueFor(name).send(
				sql,
				own.map(({ id, model, webhookUrl }) => ({
					id,
					data: { model, webhook: webhookUrl !== undefined },
				})),
			);
		}
		for (const job of jobs) await announce(sql, asQueued(job), 'IN_QUEUE');
	};
	const acceptances = new Batch<NewJob, boolean>(
		async (jobs) =>
			await database.transaction(async (sql) => {
				await accept(sql, jobs);
				return jobs.map(() => true);
			}),
	);
	return async (job, { name, parallel }) => {
		if (parallel === undefined) return await acceptances.add(job);
		return await database.transaction(async (sql) => {
			// One submission of a key after the other, or two could both be the last allowed one.
			await sql.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`jobs of ${name}`]);
			if ((await countUnfinished(sql, name)) >= parallel) return false;
			await accept(sql, [job]);
			return true;
		});
	};
}

function asQueued(job: NewJob): Job {
	return {
		...job,
		status: 'IN_QUEUE',
		result: undefined,
		run: 0,
		failures: 0,
		interruptions: 0,
		createdAt: new Date(),
	};
}
