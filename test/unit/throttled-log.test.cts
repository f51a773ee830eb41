import { warnThrottled } from '../../nodes/MonsterApiTrigger/throttledLog';

function log() {
	const lines: string[] = [];
	const none = () => undefined;
	const warn = (line: string) => void lines.push(line);
	return { lines, logger: { debug: none, info: none, error: none, warn } };
}

test('n8n’s log gets one line an hour of each kind, or as many as are allowed', () => {
	const { lines, ...context } = log();
	for (let index = 0; index < 300; index++) {
		warnThrottled(context, 'a trigger, wrong token', `token ${index}`);
		warnThrottled(context, 'a trigger, unavailable', `job ${index}`, 200);
	}
	expect(lines.filter((line) => line.startsWith('token'))).toEqual(['token 0']);
	expect(lines.filter((line) => line.startsWith('job'))).toHaveLength(200);
});
