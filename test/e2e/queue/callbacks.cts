import { readFileSync } from 'node:fs';

import { checkBurst } from '../burst.cjs';
import { expectEqual, type Checks } from '../checks.cjs';
import type { Cluster } from './cluster.cjs';

/** A burst of callbacks through the webhook processor, with duplicates among them. */
export async function checkQueuedCallbacks(cluster: Cluster, checks: Checks): Promise<void> {
	const started = () =>
		cluster.workerLogs().map((log) => log.match(/Worker started execution/g)?.length ?? 0);
	const before = started();
	await checkBurst(cluster, checks, { jobs: 500, duplicates: 100 });
	await checks.check('the workers executed, the webhook processor received', async () => {
		const after = started().map((count, index) => count - (before[index] ?? 0));
		expectEqual(
			'executions on workers',
			after[0] === undefined ? 0 : after.reduce((a, b) => a + b),
			500,
		);
		const enqueued = readFileSync(cluster.webhookLog, 'utf8').match(/Enqueued execution/g);
		expectEqual('at least as many enqueued there', (enqueued?.length ?? 0) >= 500, true);
		return `${after.join(' and ')} executions`;
	});
}
