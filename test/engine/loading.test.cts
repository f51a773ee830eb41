import { existsSync } from 'node:fs';
import path from 'node:path';

import { endEngine, loadPackage } from '../support/engine/engine.cjs';

const dist = path.resolve(__dirname, '../../dist');

afterAll(endEngine);

test('n8n’s loader finds node, credential, codex and icons', async () => {
	const loader = await loadPackage();
	expect(Object.keys(loader.nodeTypes)).toEqual(['monsterApi', 'monsterApiTrigger']);
	expect(Object.keys(loader.credentialTypes)).toEqual(['monsterApi']);
	expect(loader.known.credentials['monsterApi']?.supportedNodes).toEqual([
		'monsterApi',
		'monsterApiTrigger',
	]);
	const [node] = loader.types.nodes;
	expect(node).toMatchObject({
		name: 'monsterApi',
		displayName: 'MonsterAPI',
		usableAsTool: true,
		codex: { alias: expect.arrayContaining(['Whisper']) },
		iconUrl: {
			light: expect.stringMatching(/\.svg$/),
			dark: expect.stringMatching(/\.dark\.svg$/),
		},
	});
	const [credential] = loader.types.credentials;
	expect(credential).toMatchObject({ name: 'monsterApi', displayName: 'MonsterAPI' });
	// n8n asks the first node that it finds, and prefers a test of the credential's own to either.
	expect(credential).not.toHaveProperty('test');
	for (const { type } of Object.values(loader.nodeTypes)) {
		if ('nodeVersions' in type) throw new Error('The node has one version');
		const testedBy = type.description.credentials?.[0]?.testedBy;
		if (typeof testedBy !== 'string') throw new Error('The node names no test of its credential');
		expect(type.methods?.credentialTest).toHaveProperty([testedBy], expect.any(Function));
	}
});

test('the editor’s search finds both nodes', async () => {
	const { types } = await loadPackage();
	for (const { codex, name } of types.nodes) {
		const { categories, subcategories, alias = [] } = codex ?? {};
		// In the category AI, the general search shows only root nodes.
		const hidden =
			categories?.includes('AI') === true && subcategories?.['AI']?.includes('Root Nodes') !== true;
		expect([name, hidden]).toEqual([name, false]);
		expect(alias.length).toBeGreaterThan(3);
		for (const word of alias) expect(word.length).toBeLessThanOrEqual(20);
	}
});

test('the form has every operation, each with its own fields only', async () => {
	const { types } = await loadPackage();
	const properties = types.nodes[0]?.properties ?? [];
	const operations = properties
		.filter(({ name }) => name === 'operation')
		.map(({ displayOptions, options }) => [
			displayOptions?.show?.['resource']?.[0],
			(options ?? []).map((option) => ('value' in option ? option.value : '')),
		]);
	expect(Object.fromEntries(operations)).toEqual({
		deployment: [
			'deployCustomImage',
			'deployLlm',
			'generate',
			'get',
			'getHealth',
			'getInstances',
			'getLogs',
			'getMany',
			'terminate',
		],
		file: ['upload'],
		job: ['get', 'wait'],
		model: ['editImage', 'generateImage', 'generateSpeech', 'generateText', 'run', 'transcribe'],
		webhook: ['create', 'delete', 'get', 'getMany'],
	});
	for (const property of properties) {
		if (property.name === 'resource' || property.name === 'operation') continue;
		expect(property.displayOptions?.show).toMatchObject({
			resource: [expect.any(String)],
			operation: [expect.any(String)],
		});
	}
});

test('every operation shows a preview of its output', async () => {
	const { types } = await loadPackage();
	for (const property of types.nodes[0]?.properties ?? []) {
		if (property.name !== 'operation') continue;
		const [resource] = property.displayOptions?.show?.['resource'] ?? [];
		if (typeof resource !== 'string') throw new Error('an operation belongs to a resource');
		for (const option of property.options ?? []) {
			const operation = 'value' in option ? String(option.value) : '';
			const schema = path.join(
				dist,
				'nodes/MonsterApi/__schema__/v1.0.0',
				resource,
				`${operation}.json`,
			);
			expect([schema, existsSync(schema)]).toEqual([schema, true]);
		}
	}
});
