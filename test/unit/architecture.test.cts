import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { preProcessFile } from 'typescript';

const root = path.resolve(__dirname, '../..');

const filesBelow = (folder: string): string[] =>
	readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && /\.(c|m)?ts$/.test(entry.name))
		.map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));

const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const importsOf = (file: string) =>
	preProcessFile(read(file)).importedFiles.map(({ fileName }) => fileName);

test('core imports nothing but itself: no n8n, no module of the platform', () => {
	const files = filesBelow('nodes/core');
	expect(files.length).toBeGreaterThan(20);
	for (const file of files) {
		for (const target of importsOf(file)) {
			// The one module of the platform that n8n lets a verified package import: for the webhook's token.
			if (file === 'nodes/core/webhook/token.ts' && target === 'crypto') continue;
			expect([file, target]).toEqual([file, expect.stringMatching(/^\.\.?\//)]);
			const resolved = path.join(path.dirname(file), target);
			expect([file, resolved]).toEqual([file, expect.stringMatching(/^nodes\/core\//)]);
		}
	}
});

test('arrows point down: the catalogue knows nothing else, core nothing of host, host nothing of the node', () => {
	for (const file of filesBelow('nodes/core/catalogue')) {
		for (const target of importsOf(file))
			expect([file, target]).toEqual([file, expect.stringMatching(/^\.\//)]);
	}
	for (const file of filesBelow('nodes/host')) {
		for (const target of importsOf(file)) {
			expect([file, target]).not.toEqual([file, expect.stringMatching(/MonsterApi(Trigger)?\//)]);
		}
	}
});

test('no source file has more than 300 lines, and none is a drawer', () => {
	const files = ['nodes', 'credentials', 'emulator', 'test', 'scripts', 'benchmarks'].flatMap(
		filesBelow,
	);
	expect(files.length).toBeGreaterThan(60);
	for (const file of files) {
		const lines = read(file).split('\n').length;
		expect([file, lines <= 300]).toEqual([file, true]);
		expect(file).not.toMatch(
			/(^|[/_.-])(utils?|helpers?|common|misc)([/_.-]|$)|(Utils?|Helpers?)\./i,
		);
	}
});
