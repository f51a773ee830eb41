import dns from 'node:dns';
import { once } from 'node:events';
import { createServer } from 'node:http';

import { useSession, apiKey } from '../support/engine/session.cjs';

const session = useSession();
const paint = { resource: 'model', operation: 'generateImage', model: 'txt2img', prompt: 'A boat' };

/** Public names lead to this machine, as if an attacker's answers came from the internet. */
beforeEach(() => {
	const { lookup } = dns;
	jest.spyOn(dns, 'lookup').mockImplementation((name: string, ...rest: unknown[]) => {
		Reflect.apply(lookup, dns, [name.endsWith('.test') ? '127.0.0.1' : name, ...rest]);
	});
});
afterEach(() => jest.restoreAllMocks());

const publicUrl = (url: string, name: string) => url.replace('127.0.0.1', name);
const credential = () => ({
	apiKey,
	baseUrl: publicUrl(session.emulator.baseUrl, 'api.test'),
});
const downloads = () => session.calls().filter((call) => call.includes('/files/'));

test('a public API cannot have n8n call its own machine for a result', async () => {
	session.emulator.state.faults.push({
		path: '/v1/status',
		status: 200,
		body: {
			status: 'COMPLETED',
			result: { output: [`${new URL(session.emulator.baseUrl).origin}/files/a.png`] },
		},
	});
	const { error } = await session.run(paint, { credential: credential() });
	expect(error?.message).toBe('The address of the file storage is in a private network');
	expect(error?.description).toMatch(/Nothing was sent there.*Job > Get/);
	expect(downloads()).toEqual([]);
});

test('nor by a redirect', async () => {
	const seen: string[] = [];
	const storage = createServer((request, response) => {
		seen.push(request.headers.host ?? '');
		response.writeHead(302, { location: `http://127.0.0.1:${port}/latest/meta-data/` }).end();
	}).listen(0, '127.0.0.1');
	await once(storage, 'listening');
	const { port } = Object(storage.address());
	session.emulator.state.faults.push({
		path: '/v1/status',
		status: 200,
		body: { status: 'COMPLETED', result: { output: [`http://files.test:${port}/a.png`] } },
	});
	const { error } = await session.run(paint, { credential: credential() });
	storage.close();
	expect(error?.message).toBe('The address of the file storage is in a private network');
	expect(seen).toEqual([`files.test:${port}`]);
});
