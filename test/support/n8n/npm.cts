import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { logTail, startProcess } from './child-process.cjs';

export interface NpmRun {
	args: string[];
	cwd: string;
	logFile: string;
	/** The Node.js that runs npm and that native parts are built for; default: the running one. */
	nodeBinary?: string;
	env?: NodeJS.ProcessEnv;
}

/** Finds npm's own script: it can then run under any Node.js, and without a shell on Windows. */
function npmScript(): string {
	const besideNode = dirname(process.execPath);
	const candidates = [
		process.env.npm_execpath ?? '',
		join(besideNode, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
		join(besideNode, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
	];
	for (const folder of (process.env.PATH ?? '').split(delimiter)) {
		const command = join(folder, 'npm');
		if (existsSync(command)) candidates.push(realpathSync(command));
		candidates.push(join(folder, 'node_modules', 'npm', 'bin', 'npm-cli.js'));
	}
	const found = candidates.find((path) => path.endsWith('npm-cli.js') && existsSync(path));
	if (!found) throw new Error('npm was not found. Install Node.js together with npm.');
	return found;
}

/** The environment for a program that is to find the given Node.js first. */
export function withNodeFirst(nodeBinary: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
	return { ...env, PATH: `${dirname(nodeBinary)}${delimiter}${env.PATH ?? ''}` };
}

/** What npm hands to its scripts; inherited, it would aim our npm at the surrounding project. */
function withoutNpmContext(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
	const inherited =
		/^npm_(package_|lifecycle_|command$|config_local_prefix$|execpath$|node_execpath$)/;
	const entries = Object.entries(env).filter(([name]) => !inherited.test(name));
	return Object.fromEntries([...entries, ['INIT_CWD', undefined]]);
}

/** Runs npm to its end. Throws, with the end of npm's log, when npm reports a failure. */
export async function runNpm(run: NpmRun): Promise<void> {
	const nodeBinary = run.nodeBinary ?? process.execPath;
	const args = [npmScript(), ...run.args];
	const env = withNodeFirst(nodeBinary, { ...withoutNpmContext(process.env), ...run.env });
	const npm = startProcess({ command: nodeBinary, args, cwd: run.cwd, env, logFile: run.logFile });
	const exitCode = await npm.ended;
	await npm.stop(0);
	if (exitCode === 0) return;
	throw new Error(
		`"npm ${run.args.join(' ')}" ended with code ${exitCode}. The end of its log ` +
			`(all of it: ${run.logFile}):\n\n${logTail(run.logFile)}\n`,
	);
}
