import { readFileSync } from 'node:fs';
import path from 'node:path';

import { compatibilityMarkdown } from '../support/n8n/compatibility-table.cjs';
import { readRecord } from '../support/n8n/e2e-results.cjs';

test('docs/compatibility.md matches the recorded results (npm run docs)', () => {
	const document = path.resolve(__dirname, '../../docs/compatibility.md');
	expect(readFileSync(document, 'utf8')).toBe(compatibilityMarkdown(readRecord()));
});

test('a failure, a skipped section and a missing run are not hidden', () => {
	const run = { n8n: '2.0.0', node: '24', group: 'g', passed: 3, failed: 0, on: '2026-01-02' };
	const table = compatibilityMarkdown([
		{ ...run, section: 'burst' },
		{ ...run, section: 'disk', failed: 1 },
		{ ...run, section: 'worker', passed: 0, lacked: 'redis-server' },
		{ ...run, n8n: '1.0.0', section: 'burst', passed: 0 },
	]);
	expect(table).toContain('| n8n 2.0.0, Node.js 24 | n8n 1.0.0, Node.js 24 |');
	expect(table).toContain(
		'| trigger: a burst of callbacks with duplicates | 3 passed, 0 failed (2026-01-02) | not for this version (2026-01-02) |',
	);
	expect(table).toContain('| a full disk | **3 passed, 1 failed** (2026-01-02) | not run |');
	expect(table).toContain('skipped: no redis-server (2026-01-02) | not run |');
});
