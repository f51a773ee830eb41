import { readFileSync } from 'node:fs';
import path from 'node:path';
import { publicNames } from '../support/public-names.cjs';

const file = path.resolve(__dirname, '../../docs/public-names.json');
const known = JSON.parse(readFileSync(file, 'utf8')) as string[];

test('no public name is removed or renamed: saved workflows hold it', () => {
	const names = new Set(publicNames());
	expect(known.filter((name) => !names.has(name))).toEqual([]);
});

test('docs/public-names.json has every public name (npm run docs)', () => {
	expect(publicNames().filter((name) => !known.includes(name))).toEqual([]);
});
