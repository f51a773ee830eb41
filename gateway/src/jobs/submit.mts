import type { PgBoss } from 'pg-boss';
import type { Config } from '../config/config.mts';
import type { ApiKey } from '../keys/keys.mts';
import type { Database } from '../store/database.mts';
import { queueNameForModel } from './engine-runtime.mts';
import type { Job, NewJob } from './job.mts';
import { countUnfinished, insertJob } from './job-store.mts';
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
	return async (job, key) => {
		const queueName = queueNameForModel(config, job.model);
		if (queueName === undefined) throw new Error(`No engine answers '${job.model}'`);
		return await database.transaction(async (sql) => {
			if (key.parallel !== undefined) {
				// One submission of a key after the other, or two could both be the last allowed one.
				await sql.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`jobs of ${key.name}`]);
				if ((await countUnfinished(sql, key.name)) >= key.parallel) return false;
			}
			await insertJob(sql, job);
			await queueFor(queueName).send(sql, job.id, {
				model: job.model,
				webhook: job.webhookUrl !== undefined,
			});
			await announce(sql, asQueued(job), 'IN_QUEUE');
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
