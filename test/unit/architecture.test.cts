import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');

const filesBelow = (folder: string): string[] =>
	readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && /\.(c|m)?ts$/.test(entry.name))
		.map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));

// Imports between folders: .dependency-cruiser.cjs.
test('no source file has more than 300 lines, and none is a drawer', () => {
	const files = ['nodes', 'credentials', 'emulator', 'test', 'scripts', 'benchmarks'].flatMap(
		filesBelow,
	);
	expect(files.length).toBeGreaterThan(60);
	for (const file of files) {
		const lines = readFileSync(path.join(root, file), 'utf8').split('\n').length;
		expect([file, lines <= 300]).toEqual([file, true]);
		expect(file).not.toMatch(
			/(^|[/_.-])(utils?|helpers?|common|misc)([/_.-]|$)|(Utils?|Helpers?)\./i,
		);
	}
});
