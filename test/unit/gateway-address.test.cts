import { readFileSync } from 'node:fs';
import path from 'node:path';

import { MonsterApi } from '../../credentials/MonsterApi.credentials';

const read = (file: string) => readFileSync(path.resolve(__dirname, '../..', file), 'utf8');
const address = 'http://127.0.0.1:4020/v1';

test('the gateway’s default address is the one that credential, README and manual name', () => {
	expect(read('gateway/src/config/load.mts')).toContain("'127.0.0.1:4020'");
	const baseUrl = new MonsterApi().properties.find(({ name }) => name === 'baseUrl');
	for (const text of [baseUrl?.description, read('README.md'), read('gateway/README.md')]) {
		expect(text).toContain(address);
	}
});

test('n8n in a container is told how to reach it', () => {
	const baseUrl = new MonsterApi().properties.find(({ name }) => name === 'baseUrl');
	for (const text of [baseUrl?.description, read('README.md')]) {
		expect(text).toContain('http://host.docker.internal:4020/v1');
	}
});
