import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

const starter = fileURLToPath(new URL('../../../scripts/gateway.mjs', import.meta.url));
const oldNode = `data:text/javascript,Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.19.0' } })`;

/** Starts with a Node.js that is too old; npm is a stand-in that has a newer one in its cache, or not. */
function startWithOldNode(test: TestContext, cached: boolean) {
	const folder = mkdtempSync(join(tmpdir(), 'gateway-starter-'));
	test.after(() => rmSync(folder, { recursive: true, force: true }));
	const npm = join(folder, 'npm.js');
	writeFileSync(
		npm,
		`if (process.argv.includes('--offline') && !${cached}) {
			console.error('npm error code ENOTCACHED');
			process.exit(1);
		}
		console.log(process.execPath);`,
	);
	return spawnSync(process.execPath, ['--import', oldNode, starter, '--version'], {
		encoding: 'utf8',
		env: { ...process.env, npm_execpath: npm },
	});
}

it('says that a newer Node.js is fetched only when it is', (test) => {
	const first = startWithOldNode(test, false);
	assert.equal(
		first.stderr,
		'The gateway needs Node.js 22.19 or newer: fetching 24.21.0 from npm …\n',
	);
	const later = startWithOldNode(test, true);
	assert.equal(later.stderr, '');
	for (const { stdout } of [first, later]) assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
});
