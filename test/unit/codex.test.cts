import { readFileSync } from 'node:fs';
import path from 'node:path';

interface Codex {
	readonly categories: readonly string[];
	readonly alias: readonly string[];
}

const nodes = ['MonsterApi', 'MonsterApiTrigger'];

function codexOf(node: string): Codex {
	const file = path.resolve(__dirname, `../../nodes/${node}/${node}.node.json`);
	return JSON.parse(readFileSync(file, 'utf8')) as Codex;
}

const aliasesOf = (node: string) => codexOf(node).alias;

test('the node has the trigger’s search words too: n8n’s panel shows one entry for both, and searches the node’s', () => {
	expect(aliasesOf('MonsterApi')).toEqual(expect.arrayContaining(aliasesOf('MonsterApiTrigger')));
});

test.each(nodes)('%s has no category of AI sub-nodes: n8n’s reviewers reject it', (node) => {
	const codex = codexOf(node);
	expect(codex.categories).toEqual(['Development', 'Utility']);
	expect(codex).not.toHaveProperty('subcategories');
});

test('the node is found by what people want to do', () => {
	expect(aliasesOf('MonsterApi')).toEqual(
		expect.arrayContaining([
			...['Audio', 'Captions', 'Diarization', 'GPU', 'Generate Image', 'Photo', 'SRT', 'Speaker'],
			...['Subtitles', 'Text Generation', 'Video', 'Voice', 'Voice Cloning'],
		]),
	);
});
