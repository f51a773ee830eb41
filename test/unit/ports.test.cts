import { createServer } from 'node:http';
import { once } from 'node:events';

import { freePort } from '../support/n8n/ports.cjs';

describe('a free port', () => {
	it('lies below those of outgoing connections', async () => {
		const ports = await Promise.all(Array.from({ length: 20 }, async () => await freePort()));
		expect(Math.max(...ports)).toBeLessThan(32_768);
	});

	it('is the preferred one, unless somebody has it', async () => {
		const preferred = await freePort();
		expect(await freePort(preferred)).toBe(preferred);
		const server = createServer().listen(preferred, '127.0.0.1');
		await once(server, 'listening');
		expect(await freePort(preferred)).not.toBe(preferred);
		server.close();
		await once(server, 'close');
	});
});
