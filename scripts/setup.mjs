/**
 * Installs the project's dependencies when they are missing or out of date, and does nothing
 * otherwise. Every npm script that needs them starts with this file, so that a fresh clone needs
 * one command. It may therefore use nothing but Node.js itself.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = dirname(dirname(fileURLToPath(import.meta.url)));
const wanted = join(project, 'package-lock.json');
const modules = join(project, 'node_modules');
/** npm writes this record last, so it also tells a finished installation from a broken-off one. */
const installed = join(modules, '.package-lock.json');

const packages = (path) => JSON.parse(readFileSync(path, 'utf8')).packages ?? {};

/**
 * Compares what is installed with what the lock file asks for. Contents, not dates: a fresh clone
 * or a switched branch changes the dates of files that say the same.
 */
function upToDate() {
	if (!existsSync(installed)) return false;
	const present = packages(installed);
	return Object.entries(packages(wanted)).every(([path, { version, optional, extraneous }]) => {
		if (path === '') return true;
		// In the lock file but never installed: optional packages for other operating systems, and
		// what npm wrote there without any use for it.
		if (!present[path]) return optional === true || extraneous === true;
		return present[path].version === version;
	});
}

/** npm as a script for this very Node.js, or undefined where only the command is known. */
function npmScript() {
	const candidates = [
		process.env.npm_execpath,
		join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
		join(dirname(process.execPath), 'node_modules', 'npm', 'bin', 'npm-cli.js'),
	];
	return candidates.find((path) => path?.endsWith('npm-cli.js') && existsSync(path));
}

const current = upToDate();
if (!current && lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) {
	// "npm ci" would empty the folder that the link leads to, which others use too.
	console.warn('node_modules is a link and out of date: run "npm ci" where it leads to.');
} else if (!current) {
	const reason = existsSync(modules) ? 'are out of date' : 'are not installed yet';
	console.log(
		`The dependencies ${reason}: running "npm ci" (about 1.1 GB, some minutes; warnings EBADENGINE do no harm) …`,
	);
	const args = ['ci', '--no-audit', '--no-fund'];
	const script = npmScript();
	const started = Date.now();
	const result = script
		? spawnSync(process.execPath, [script, ...args], { cwd: project, stdio: 'inherit' })
		: spawnSync('npm', args, { cwd: project, stdio: 'inherit', shell: true });
	if (result.status !== 0) {
		console.error(
			'"npm ci" did not finish, for the reason above: running this again helps once that is mended.',
		);
		process.exit(result.status ?? 1);
	}
	console.log(`Dependencies installed in ${Math.round((Date.now() - started) / 1000)} s.`);
}
