import assert from 'node:assert/strict';
import { it } from 'node:test';
import { pino } from 'pino';
import { parseJson } from '../../src/engines/json.mts';
import { ProgressLog } from '../../src/jobs/progress-log.mts';

it('long work writes a line now and then, with how far it is', (test) => {
	test.mock.timers.enable({ apis: ['setInterval', 'Date'] });
	const lines: string[] = [];
	const log = pino({ base: null, timestamp: false }, { write: (line) => void lines.push(line) });
	const progress = new ProgressLog(log.child({ processId: 'a' }));
	test.mock.timers.tick(9_000);
	assert.deepEqual(lines, []);
	test.mock.timers.tick(1_000);
	progress.report(0.256);
	test.mock.timers.tick(10_000);
	progress.report(7);
	test.mock.timers.tick(10_000);
	progress.stop();
	test.mock.timers.tick(60_000);
	assert.deepEqual(
		lines.map(parseJson),
		['10 s', '20 s, 26 %', '30 s, 100 %'].map((text) => ({
			level: 30,
			processId: 'a',
			msg: `still running after ${text}`,
		})),
	);
});
