import { execFileSync } from 'node:child_process';
import path from 'node:path';

test('docs/models.md matches the catalogue (npm run docs)', () => {
	const script = path.resolve(__dirname, '../../scripts/models-doc.cts');
	const args = ['--require', 'tsx/cjs', script, '--check'];
	expect(() => execFileSync(process.execPath, args, { encoding: 'utf8' })).not.toThrow();
});
