const { rm } = require('node:fs/promises');
const { build } = require('esbuild');
const { dest, parallel, series, src } = require('gulp');

const { n8n } = require('./package.json');

const options = { base: '.', encoding: false };

const entryOf = (built) => {
	const out = built.replace(/^dist\/(.+)\.js$/, '$1');
	return { in: `${out}.ts`, out };
};

/** What one node records and the other reads: a file of its own, because a copy in each bundle would know nothing. */
const shared = { in: 'nodes/core/jobs/acceptedJobs.ts', out: 'nodes/acceptedJobs' };
const sharedFile = {
	name: 'shared',
	setup: ({ onResolve }) =>
		onResolve({ filter: /\/acceptedJobs$/ }, () => ({
			path: '../acceptedJobs.js',
			external: true,
		})),
};

/** One file for each node and credential, not minified: n8n loads many small ones half as fast. */
const code = () =>
	build({
		entryPoints: [...[...n8n.credentials, ...n8n.nodes].map(entryOf), shared],
		plugins: [sharedFile],
		outdir: 'dist',
		bundle: true,
		external: ['n8n-workflow'],
		platform: 'node',
		target: 'node20.19',
		charset: 'utf8',
	});

/** Everything beside the code that n8n looks for in the package. */
const icons = () => src('icons/*.svg', options).pipe(dest('dist'));
const codex = () => src('nodes/**/*.node.json', options).pipe(dest('dist'));
const schemas = () =>
	src('nodes/**/__schema__/**/*.json', { ...options, allowEmpty: true }).pipe(dest('dist'));

const clean = () => rm('dist', { recursive: true, force: true });

exports.default = series(clean, parallel(code, icons, codex, schemas));
