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

test('core imports only itself: neither n8n nor Node.js modules', () => {
	const files = filesBelow('nodes/core');
	expect(files.length).toBeGreaterThan(20);
	for (const file of files) {
		for (const target of importsOf(file)) {
			// A verified package may import this module: for the webhook's token.
			if (file === 'nodes/core/webhook/token.ts' && target === 'crypto') continue;
			expect([file, target]).toEqual([file, expect.stringMatching(/^\.\.?\//)]);
			const resolved = path.join(path.dirname(file), target);
			expect([file, resolved]).toEqual([file, expect.stringMatching(/^nodes\/core\//)]);
		}
	}
});

test('imports point down: from the nodes to output and host, and from the catalogue to nothing else', () => {
	for (const file of filesBelow('nodes/core/catalogue')) {
		for (const target of importsOf(file))
			expect([file, target]).toEqual([file, expect.stringMatching(/^\.\//)]);
	}
	for (const file of ['nodes/host', 'nodes/output'].flatMap(filesBelow)) {
		for (const target of importsOf(file)) {
			expect([file, target]).not.toEqual([file, expect.stringMatching(/MonsterApi(Trigger)?\//)]);
		}
	}
});

test('the contract and the emulator import nothing of the nodes that they check', () => {
	for (const folder of ['contract', 'emulator']) {
		const files = filesBelow(folder);
		expect(files.length).toBeGreaterThan(3);
		for (const file of files) {
			const inside = importsOf(file).filter((target) => target.startsWith('.'));
			const resolved = inside.map((target) => path.join(path.dirname(file), target));
			const allowed = folder === 'contract' ? /^contract\// : /^(contract|emulator)\//;
			expect([file, resolved.filter((target) => !allowed.test(target))]).toEqual([file, []]);
		}
	}
});

test('no source file has more than 300 lines, and none is a drawer', () => {
	const files = [
		'nodes',
		'credentials',
		'contract',
		'emulator',
		'test',
		'scripts',
		'benchmarks',
	].flatMap(filesBelow);
	expect(files.length).toBeGreaterThan(60);
	for (const file of files) {
		const lines = read(file).split('\n').length;
		expect([file, lines <= 300]).toEqual([file, true]);
		expect(file).not.toMatch(
			/(^|[/_.-])(utils?|helpers?|common|misc)([/_.-]|$)|(Utils?|Helpers?)\./i,
		);
	}
});

test('no file imports itself through others, type imports included', () => {
	const files = new Set(filesBelow('nodes'));
	const targetsOf = (file: string) =>
		importsOf(file)
			.filter((target) => target.startsWith('.'))
			.map((target) => path.join(path.dirname(file), target))
			.map((target) => (files.has(`${target}.ts`) ? `${target}.ts` : `${target}/index.ts`));
	const acyclic = new Set<string>();
	const visit = (file: string, importers: readonly string[]): void => {
		expect(importers).not.toContain(file);
		if (acyclic.has(file)) return;
		expect(files).toContain(file);
		for (const target of targetsOf(file)) visit(target, [...importers, file]);
		acyclic.add(file);
	};
	for (const file of files) visit(file, []);
	expect(acyclic.size).toBe(files.size);
});
