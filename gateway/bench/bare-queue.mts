import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { fromPglite, PgBoss } from 'pg-boss';
import { inParallel, secondsOf } from './measure.mts';

/** pg-boss alone on the same kind of store: jobs per second, sent one by one and taken one by one. `folder`: of `benchFolder`. */
export async function bareQueue(folder: string, jobs: number, width: number): Promise<number> {
	const pglite = await PGlite.create(join(folder, 'store'));
	const boss = new PgBoss({ db: fromPglite(pglite), backend: 'pglite' });
	boss.on('error', (error) => process.stderr.write(`${String(error)}\n`));
	await boss.start();
	await boss.createQueue('bare');
	const seconds = await secondsOf(async () => {
		let sent = 0;
		let done = 0;
		const send = inParallel(jobs, width, async (index) => {
			await boss.send('bare', { index });
			sent += 1;
		});
		const take = inParallel(width, width, async () => {
			while (done < jobs) {
				const [job] = await boss.fetch('bare');
				if (job !== undefined) {
					await boss.complete('bare', job.id);
					done += 1;
				} else if (sent === jobs && done >= jobs) return;
			}
		});
		await Promise.all([send, take]);
	});
	await boss.stop({ graceful: false });
	await pglite.close();
	return jobs / seconds;
}
