import { readFileSync } from 'node:fs';

import { modelsDocument, modelsMarkdown } from '../../scripts/models-doc.cjs';

test('docs/models.md matches the catalogue (npm run docs)', () => {
	expect(readFileSync(modelsDocument, 'utf8')).toBe(modelsMarkdown());
});
