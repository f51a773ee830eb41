/**
 * Writes docs/compatibility.md and docs/compatibility.json from the results of the last `npm run test:e2e`: part of
 * `npm run docs`.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from '../test/support/n8n/cache-folder.cjs';
import { compatibilityMarkdown } from '../test/support/n8n/compatibility-table.cjs';
import { updateRecord } from '../test/support/n8n/e2e-results.cjs';

writeFileSync(
	join(projectFolder, 'docs', 'compatibility.md'),
	compatibilityMarkdown(updateRecord()),
);
