import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const project = path.resolve(__dirname, '../..');
const folder = mkdtempSync(path.join(tmpdir(), 'monsterapi-package-'));
const unpacked = path.join(folder, 'package');
let tarball = '';

beforeAll(() => {
	const [packed] = JSON.parse(
		execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
			cwd: project,
			encoding: 'utf8',
			shell: process.platform === 'win32',
			stdio: ['ignore', 'pipe', 'ignore'],
		}),
	) as [{ filename: string }];
	tarball = path.join(folder, packed.filename);
	execFileSync('tar', ['-xzf', tarball, '-C', folder]);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const files = () =>
	readdirSync(unpacked, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => path.relative(unpacked, path.join(entry.parentPath, entry.name)))
		.map((file) => file.split(path.sep).join('/'));

test('the package holds what n8n needs, and nothing else', () => {
	const [inside, beside] = [true, false].map((dist) =>
		files().filter((file) => file.startsWith('dist/') === dist),
	);
	expect(beside?.sort()).toEqual(['LICENSE', 'README.md', 'index.js', 'package.json']);
	for (const file of inside ?? []) {
		expect(file).toMatch(
			/^dist\/(credentials\/\w+\.credentials\.js|icons\/[\w.]+\.svg|nodes\/.+\.(js|node\.json)|nodes\/.+\/__schema__\/.+\.json)$/,
		);
		expect(file).not.toMatch(/test|tsbuildinfo/);
	}
	expect(inside).toContain('dist/nodes/MonsterApi/MonsterApi.node.json');
});

test('the package is under 150 kB', () => {
	expect(statSync(tarball).size).toBeLessThan(150_000);
});

test('the package has no dependency of its own', () => {
	const manifest: unknown = JSON.parse(readFileSync(path.join(unpacked, 'package.json'), 'utf8'));
	expect(manifest).toMatchObject({
		name: 'n8n-nodes-monsterapi',
		license: 'MIT',
		keywords: expect.arrayContaining(['n8n-community-node-package']),
		n8n: { n8nNodesApiVersion: 1, strict: true },
		peerDependencies: { 'n8n-workflow': '*' },
	});
	expect(manifest).not.toHaveProperty('dependencies');
});

interface Manifest {
	readonly n8n: { readonly nodes: readonly string[]; readonly credentials: readonly string[] };
}

const listed = () =>
	(JSON.parse(readFileSync(path.join(unpacked, 'package.json'), 'utf8')) as Manifest).n8n;

test('each entry of package.json is a file, and there is no other code but that of all nodes', () => {
	const { nodes, credentials } = listed();
	const code = files().filter((file) => file.startsWith('dist/') && file.endsWith('.js'));
	// docs/decisions/0011-built-package.md
	const all = 'dist/nodes/nodes.js';
	expect(code.sort()).toEqual([...nodes, ...credentials, all].sort());
});

test('the package exports the classes that package.json lists', async () => {
	// n8n-workflow, which n8n provides.
	symlinkSync(path.join(project, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
	const has = (await import(unpacked)) as { nodes: object; credentials: object };
	const classOf = (file: string) => path.basename(file).split('.')[0];
	const { nodes, credentials } = listed();
	expect(Object.keys(has.nodes)).toEqual(nodes.map(classOf));
	expect(Object.keys(has.credentials)).toEqual(credentials.map(classOf));
});

/** The community scan is an ES module: it runs in a process of its own. */
function scan(place: string, patterns: string[]): unknown {
	const scanner = require.resolve('@n8n/scan-community-package/scanner/scanner.mjs');
	const script = `
		import { analyzePackage } from ${JSON.stringify(pathToFileURL(scanner).href)};
		const { passed, details } = await analyzePackage(${JSON.stringify(place)}, ${JSON.stringify(patterns)});
		console.log(JSON.stringify({ passed, details }));`;
	const printed = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
		cwd: project,
		encoding: 'utf8',
		// In a test environment the rules take every file for a node's main file. And it leaves temporary folders behind.
		env: { ...process.env, NODE_ENV: 'production', TMPDIR: folder, TEMP: folder },
	});
	return JSON.parse(printed.trim().split('\n').pop() ?? '');
}

test('n8n’s community scan passes on the packed tarball', () => {
	expect(scan(unpacked, ['**/*.js', 'package.json'])).toEqual({ passed: true });
}, 120_000);

test('n8n’s community scan passes on the sources', () => {
	const sources = ['package.json', '{nodes,credentials}/**/*.{js,ts,json}'];
	expect(scan(project, sources)).toEqual({ passed: true });
}, 120_000);
