/**
 * What must hold before a release, in the order of its duration: `npm run release:check`. `npm test` includes the
 * community scan of the packed tarball and the public names.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from '../test/support/n8n/cache-folder.cjs';
import { N8N_1, N8N_2 } from '../test/support/n8n/install.cjs';
import { hasDatedSection } from '../test/support/changelog.cjs';

const read = (file: string): string => readFileSync(join(projectFolder, file), 'utf8');

function run(script: string, ...args: string[]): void {
	console.log(`\n=== npm run ${script} ${args.join(' ')}`);
	execFileSync('npm', ['run', '-s', script, ...(args.length > 0 ? ['--', ...args] : [])], {
		cwd: projectFolder,
		stdio: 'inherit',
		shell: process.platform === 'win32',
		env: { ...process.env, N8N_VERSIONS: `${N8N_2},${N8N_1}` },
	});
}

const { version } = JSON.parse(read('package.json')) as { version: string };
if (!hasDatedSection(read('CHANGELOG.md'), version)) {
	console.error(
		`CHANGELOG.md has no section “## [${version}] - YYYY-MM-DD”: move the entries of [Unreleased] there.`,
	);
	process.exit(1);
}
run('lint');
run('test');
// The packed tarball in real n8n, every operation.
run('test:e2e', 'workflows');
console.log(`\n${version} can be released.`);
