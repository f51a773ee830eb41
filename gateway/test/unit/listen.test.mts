import assert from 'node:assert/strict';
import { it } from 'node:test';
import { listen } from '../../src/http/listen.mts';

const refused = async (code: string, port = 4020): Promise<string> => {
	const server = {
		listen: async (): Promise<string> => {
			throw Object.assign(new Error(`listen ${code}`), { code });
		},
	};
	return await listen(server, { host: 'host.example', port }).catch((error: unknown) =>
		error instanceof Error ? error.message : '',
	);
};

it('a port or an address that cannot be had is told in a sentence with a way out', async () => {
	assert.match(await refused('EADDRINUSE'), /^Port 4020 is in use, .*: --port 4021\.$/);
	assert.match(await refused('EADDRINUSE', 65_535), /--port 65534\.$/);
	assert.match(await refused('EACCES', 80), /port 80\. Choose another: --port 4020\.$/);
	assert.match(await refused('ENOTFOUND'), /no address 'host\.example'.*--host 127\.0\.0\.1/);
	assert.equal(await refused('EOTHER'), 'listen EOTHER');
});
