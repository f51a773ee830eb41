import type { Sql } from '../store/database.mts';
import { storable } from '../store/storable.mts';
import type { Job, JobFile, JobResult, JobStatus, NewJob } from './job.mts';

interface JobRow {
	id: string;
	key_name: string;
	model: string;
	inputs: Record<string, unknown>;
	file: JobFile | null;
	base_url: string;
	webhook_url: string | null;
	status: JobStatus;
	result: JobResult | null;
	run: number;
	failures: number;
	interruptions: number;
	created_at: Date;
}

export async function insertJobs(sql: Sql, jobs: readonly NewJob[]): Promise<void> {
	await sql.query(
		`INSERT INTO gateway.job (id, key_name, model, inputs, file, base_url, webhook_url)
		SELECT * FROM jsonb_to_recordset($1) AS new (
			id uuid, "keyName" text, model text, inputs jsonb, file jsonb, "baseUrl" text, "webhookUrl" text)`,
		[JSON.stringify(jobs.map((job) => ({ ...job, inputs: storable(job.inputs) })))],
	);
}

/** A key's own job; another key's does not exist for it. */
export async function findJob(sql: Sql, id: string, keyName: string): Promise<Job | undefined> {
	const [row] = await sql.query<JobRow>(
		'SELECT * FROM gateway.job WHERE id = $1 AND key_name = $2',
		[id, keyName],
	);
	return row && toJob(row);
}

export async function countUnfinished(sql: Sql, keyName: string): Promise<number> {
	const [row] = await sql.query<{ count: number }>(
		'SELECT count(*)::int AS count FROM gateway.job WHERE key_name = $1 AND finished_at IS NULL',
		[keyName],
	);
	return row?.count ?? 0;
}

/**
 * Begins a run of each job. Undefined for one that has ended or is gone. A job that is IN_PROGRESS already was left so by a
 * process that died.
 */
export async function beginRuns(sql: Sql, ids: readonly string[]): Promise<(Job | undefined)[]> {
	const rows = await sql.query<JobRow>(
		`UPDATE gateway.job SET
			status = 'IN_PROGRESS',
			run = run + 1,
			interruptions = interruptions + (status = 'IN_PROGRESS')::int,
			started_at = coalesce(started_at, now())
		WHERE id = ANY($1::uuid[]) AND finished_at IS NULL RETURNING *`,
		[ids],
	);
	const jobs = new Map(rows.map((row) => [row.id, toJob(row)]));
	return ids.map((id) => jobs.get(id));
}

/** False when another run has begun or the job has ended. */
export async function endJob(
	sql: Sql,
	job: Pick<Job, 'id' | 'run'>,
	status: 'COMPLETED' | 'FAILED',
	result: JobResult,
): Promise<boolean> {
	const rows = await sql.query(
		`UPDATE gateway.job SET status = $3, result = $4, finished_at = now()
		WHERE id = $1 AND run = $2 AND finished_at IS NULL RETURNING id`,
		[job.id, job.run, status, JSON.stringify(result)],
	);
	return rows.length > 0;
}

/** Back to the queue, with the job's failures as they are now. */
export async function requeueJob(
	sql: Sql,
	job: Pick<Job, 'id' | 'run' | 'failures'>,
): Promise<void> {
	await sql.query(
		`UPDATE gateway.job SET status = 'IN_QUEUE', failures = $3
		WHERE id = $1 AND run = $2 AND finished_at IS NULL`,
		[job.id, job.run, job.failures],
	);
}

/** Unfinished jobs by model and status, for the metrics. */
export async function countByModel(
	sql: Sql,
): Promise<{ model: string; status: JobStatus; count: number }[]> {
	return await sql.query(
		`SELECT model, status, count(*)::int AS count FROM gateway.job
		WHERE finished_at IS NULL GROUP BY model, status`,
	);
}

/** Deletes ended jobs older than `maxAgeMs`, some thousand at a time. */
export async function deleteOldJobs(sql: Sql, maxAgeMs: number): Promise<void> {
	await sql.query(
		`DELETE FROM gateway.job WHERE id IN (
			SELECT id FROM gateway.job
			WHERE finished_at < now() - $1 * interval '1 millisecond' LIMIT 5000)`,
		[maxAgeMs],
	);
}

/** Which of these jobs still need their input file. */
export async function unfinishedAmong(sql: Sql, ids: readonly string[]): Promise<Set<string>> {
	const rows = await sql.query<{ id: string }>(
		'SELECT id FROM gateway.job WHERE id = ANY($1::uuid[]) AND finished_at IS NULL',
		[ids],
	);
	return new Set(rows.map((row) => row.id));
}

function toJob(row: JobRow): Job {
	return {
		id: row.id,
		keyName: row.key_name,
		model: row.model,
		inputs: row.inputs,
		file: row.file ?? undefined,
		baseUrl: row.base_url,
		webhookUrl: row.webhook_url ?? undefined,
		status: row.status,
		result: row.result ?? undefined,
		run: row.run,
		failures: row.failures,
		interruptions: row.interruptions,
		createdAt: row.created_at,
	};
}
