/**
 * Starts the gateway from a clone: installs its own dependencies when they are missing, and finds a
 * Node.js that is new enough. It needs nothing of this project's dependencies and may therefore use
 * nothing but Node.js itself. Everything after `--` goes to the gateway, or after `bench` to its benchmarks.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const gateway = join(dirname(dirname(fileURLToPath(import.meta.url))), 'gateway');
const minimum = [22, 19];
const newer = '24.21.0';

/** Runs npm and returns what it prints; undefined when it fails and may. */
function npm(args, { capture = false, mayFail = false } = {}) {
	const stdio = ['ignore', capture ? 'pipe' : 'inherit', mayFail ? 'ignore' : 'inherit'];
	const script = process.env.npm_execpath;
	const options = { cwd: gateway, stdio, encoding: 'utf8', env: withoutNpmContext() };
	const result = script?.endsWith('.js')
		? spawnSync(process.execPath, [script, ...args], options)
		: spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
	if (result.status === 0) return result.stdout?.trim() ?? '';
	if (mayFail) return undefined;
	console.error(`"npm ${args.join(' ')}" did not finish, for the reason above.`);
	process.exit(result.status ?? 1);
}

/** npm hands its scripts the surrounding project, which another npm would then work on. */
function withoutNpmContext() {
	const entries = Object.entries(process.env);
	return Object.fromEntries(
		entries.filter(
			([name]) =>
				!/^(INIT_CWD$|npm_(package_|lifecycle_|command$|config_local_prefix$))/.test(name),
		),
	);
}

function dependenciesAreCurrent() {
	const installed = join(gateway, 'node_modules', '.package-lock.json');
	if (!existsSync(installed)) return false;
	const packages = (path) => JSON.parse(readFileSync(path, 'utf8')).packages;
	const present = packages(installed);
	return Object.entries(packages(join(gateway, 'package-lock.json'))).every(
		([path, { version, optional, dev }]) =>
			path === '' ||
			(present[path] ? present[path].version === version : optional === true || dev === true),
	);
}

/** This Node.js, or one that npm keeps in its cache: the machine's own stays as it is. */
function nodeBinary() {
	const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
	if (major > minimum[0] || (major === minimum[0] && minor >= minimum[1])) return process.execPath;
	const system = process.platform === 'win32' ? 'win' : process.platform;
	const name = `node-${system}-${process.arch}@${newer}`;
	const args = ['--yes', `--package=${name}`, '--', 'node', '-p', 'process.execPath'];
	const cached = npm(['exec', '--offline', ...args], { capture: true, mayFail: true });
	if (cached) return cached;
	console.error(
		`The gateway needs Node.js ${minimum.join('.')} or newer: fetching ${newer} from npm …`,
	);
	return npm(['exec', ...args], { capture: true });
}

if (!dependenciesAreCurrent()) {
	console.error("Installing the gateway's dependencies …");
	npm(['ci', '--no-audit', '--no-fund', '--omit=dev', '--loglevel=error']);
}
const [first, ...others] = process.argv.slice(2);
const program =
	first === 'bench' ? ['bench/main.mts', ...others] : ['src/main.mts', ...process.argv.slice(2)];
const child = spawn(nodeBinary(), [join(gateway, program[0]), ...program.slice(1)], {
	stdio: 'inherit',
});
// Ctrl+C reaches the gateway by itself; this one waits for it to end.
process.on('SIGINT', () => {});
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
// npm passes a signal on to the shell between us only, which dies of it without telling us.
const parent = process.ppid;
const watch = setInterval(() => {
	if (process.ppid === parent) return;
	clearInterval(watch);
	child.kill('SIGTERM');
}, 500);
watch.unref();
child.on('exit', (code) => process.exit(code ?? 1));
