const { rm } = require('node:fs/promises');
const { dest, parallel, src } = require('gulp');

const options = { base: '.', encoding: false };

/** Everything beside the compiled code that n8n looks for in the package. */
const icons = () => src('icons/*.svg', options).pipe(dest('dist'));
const codex = () => src('nodes/**/*.node.json', options).pipe(dest('dist'));
const schemas = () =>
	src('nodes/**/__schema__/**/*.json', { ...options, allowEmpty: true }).pipe(dest('dist'));

exports.clean = () => rm('dist', { recursive: true, force: true });
exports.assets = parallel(icons, codex, schemas);
exports.default = exports.assets;
