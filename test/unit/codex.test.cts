import { readFileSync } from 'node:fs';
import path from 'node:path';

function aliasesOf(node: string): string[] {
	const file = path.resolve(__dirname, `../../nodes/${node}/${node}.node.json`);
	return (JSON.parse(readFileSync(file, 'utf8')) as { alias: string[] }).alias;
}

test('the node has the trigger’s search words too: n8n’s panel shows one entry for both, and searches the node’s', () => {
	expect(aliasesOf('MonsterApi')).toEqual(expect.arrayContaining(aliasesOf('MonsterApiTrigger')));
});
