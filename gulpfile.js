const { mkdir, rm, writeFile } = require('node:fs/promises');
const path = require('node:path');
const { build } = require('esbuild');
const { dest, parallel, series, src } = require('gulp');

const { n8n } = require('./package.json');

const options = { base: '.', encoding: false };

/** Not minified: n8n's reviewers read it. */
const bundled = {
	bundle: true,
	external: ['n8n-workflow'],
	platform: 'node',
	target: 'node20.19',
	charset: 'utf8',
};

const sourceOf = (built) => built.replace(/^dist\/(.+)\.js$/, './$1.ts');

const credentials = () =>
	build({ ...bundled, entryPoints: n8n.credentials.map(sourceOf), outdir: 'dist/credentials' });

/** All nodes in one file: n8n loads many small ones half as fast, and what the nodes share exists once. */
const allNodes = 'dist/nodes/nodes.js';
const nodes = () =>
	build({
		...bundled,
		stdin: {
			contents: n8n.nodes.map((built) => `export * from '${sourceOf(built)}';`).join('\n'),
			resolveDir: __dirname,
		},
		outfile: allNodes,
	});

/** The files that n8n looks for: each exports its own class. */
const entries = () =>
	Promise.all(
		n8n.nodes.map(async (built) => {
			const [name] = path.basename(built).split('.');
			const from = path.posix.relative(path.posix.dirname(built), allNodes);
			await mkdir(path.dirname(built), { recursive: true });
			await writeFile(built, `exports.${name} = require('${from}').${name};\n`);
		}),
	);

/** Everything beside the code that n8n looks for in the package. */
const icons = () => src('icons/*.svg', options).pipe(dest('dist'));
const codex = () => src('nodes/**/*.node.json', options).pipe(dest('dist'));
const schemas = () =>
	src('nodes/**/__schema__/**/*.json', { ...options, allowEmpty: true }).pipe(dest('dist'));

const clean = () => rm('dist', { recursive: true, force: true });

exports.default = series(clean, parallel(credentials, nodes, entries, icons, codex, schemas));
