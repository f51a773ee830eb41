/**
 * Installs the project's dependencies when they are missing or out of date, and does nothing
 * otherwise. Every npm script that needs them starts with this file, so that a fresh clone needs
 * one command. It may therefore use nothing but Node.js itself.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root, or the folder of a package with its own dependencies that is named as the argument. */
const folder = process.argv[2] ?? '.';
const project = join(dirname(dirname(fileURLToPath(import.meta.url))), folder);
const wanted = join(project, 'package-lock.json');
const modules = join(project, 'node_modules');
/** npm writes this file last, so an interrupted installation has none. */
const installed = join(modules, '.package-lock.json');

const packages = (path) => JSON.parse(readFileSync(path, 'utf8')).packages ?? {};

/**
 * Compares the installed versions with the lock file. It compares contents, since a fresh clone or another branch changes
 * the dates of equal files.
 */
function upToDate() {
	if (!existsSync(installed)) return false;
	const present = packages(installed);
	return Object.entries(packages(wanted)).every(([path, { version, optional, extraneous }]) => {
		if (path === '') return true;
		// Never installed: optional packages for other platforms, and those that npm marks as extraneous.
		if (!present[path]) return optional === true || extraneous === true;
		return present[path].version === version;
	});
}

/** npm's script for this Node.js, or undefined where only the command is known. */
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
	// "npm ci" would empty the link's target, which other clones use.
	console.warn('node_modules is a link and out of date: run "npm ci" in the folder of its target.');
} else if (!current) {
	const reason = existsSync(modules) ? 'are out of date' : 'are not installed yet';
	const size = folder === '.' ? 'about 1.1 GB, some minutes; ' : `in ${folder}; `;
	console.log(
		`The dependencies ${reason}: running "npm ci" (${size}EBADENGINE warnings are harmless) …`,
	);
	// Said, since npm tells the scripts that it runs its own.
	const args = ['ci', '--prefix', '.', '--no-audit', '--no-fund'];
	const script = npmScript();
	const started = Date.now();
	const result = script
		? spawnSync(process.execPath, [script, ...args], { cwd: project, stdio: 'inherit' })
		: spawnSync('npm', args, { cwd: project, stdio: 'inherit', shell: true });
	if (result.status !== 0) {
		console.error('"npm ci" failed for the reason above. Run this again once that is fixed.');
		process.exit(result.status ?? 1);
	}
	console.log(`Dependencies installed in ${Math.round((Date.now() - started) / 1000)} s.`);
}
