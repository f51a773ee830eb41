import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { suiteCleanup } from '../../support/cleanup.mts';
import { startTestGateway, type TestGateway, testKey } from '../../support/gateway.mts';
import {
	startStandInEngine,
	type StandInEngine,
	textEngineConfig,
} from '../../support/stand-in-engine.mts';

const forged = '\n{"level":60,"msg":"forged"}\r\n\u001b[2J\u2028';

describe('the log', () => {
	const cleanup = suiteCleanup();
	let gateway: TestGateway;
	let engine: StandInEngine;
	before(async () => {
		engine = await startStandInEngine(cleanup);
		gateway = await startTestGateway(cleanup, { config: textEngineConfig(engine.url) });
	});

	it('has no lines that clients or engines have written', async () => {
		const name = encodeURIComponent(forged);
		for (const path of [`/v1/status/${name}`, `/v1/webhook?url_name=${name}`, `/v1/${name}`]) {
			assert.equal((await gateway.call('GET', path)).status, 404);
		}
		await gateway.call('POST', `/v1/generate/${name}`, { prompt: 'x' });
		await gateway.call('POST', '/v1/webhook', {
			url_name: forged,
			webhook_url: `http://127.0.0.1:1/${forged}`,
		});
		// As the name of an input that has no effect, which is noted.
		const noted = await gateway.submit('zephyr-7b-beta', { prompt: forged, [forged]: forged });
		assert.equal((await gateway.result(noted)).status, 'COMPLETED');
		engine.answer = () => ({ status: 400, text: forged });
		const refused = await gateway.result(await gateway.submit('zephyr-7b-beta', { prompt: 'x' }));
		assert.match(String(refused.result?.errorMessage), /forged/);

		const lines = gateway.logLines.join('').split('\n').slice(0, -1);
		assert.equal(lines.length, gateway.logs.length);
		assert.ok(gateway.logs.every(({ msg }) => msg !== 'forged'));
		// It was written all the same, inside of its line.
		assert.ok(gateway.logs.some((entry) => JSON.stringify(entry).includes('forged')));
	});

	it('has no key, not even in what was sent as another thing', async () => {
		await gateway.call('GET', `/v1/status/${testKey}`);
		await gateway.call('POST', `/v1/generate/${testKey}`, { prompt: testKey });
		await gateway.call('POST', '/v1/webhook', {
			url_name: testKey,
			webhook_url: 'http://x.invalid/',
		});
		assert.ok(!gateway.logLines.join('').includes(testKey));
	});
});
