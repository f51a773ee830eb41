import { readFileSync } from 'node:fs';
import path from 'node:path';

const aliasesOf = (node: string): string[] =>
	JSON.parse(readFileSync(path.resolve(__dirname, `../../nodes/${node}/${node}.node.json`), 'utf8'))
		.alias;

test('the node has the trigger’s search words too: n8n’s panel shows one entry for both, and searches the node’s', () => {
	expect(aliasesOf('MonsterApi')).toEqual(expect.arrayContaining(aliasesOf('MonsterApiTrigger')));
});
