import { NodeHelpers, type INode, type INodeParameters, type INodeProperties } from 'n8n-workflow';

import { nodeType } from '../support/engine/contexts.cjs';
import { asTool } from '../support/engine/engine.cjs';
import { useSession } from '../support/engine/session.cjs';

useSession();

const tool = async () => asTool(await nodeType('monsterApi'));

const nodeOf = (parameters: INodeParameters): INode => ({
	id: '1',
	name: 'MonsterAPI',
	type: 'n8n-nodes-monsterapi.monsterApiTool',
	typeVersion: 1,
	position: [0, 0],
	parameters,
});

/** The only text of a list. */
const textOf = (list: readonly unknown[] = []): string => {
	const [text] = list;
	if (typeof text !== 'string') throw new Error('not one text');
	return text;
};

/** All operations as n8n finds them. */
const operationsOf = (properties: readonly INodeProperties[]) =>
	properties
		.filter(({ name }) => name === 'operation')
		.flatMap(({ displayOptions, options = [] }) =>
			options.map((option) => ({
				resource: textOf(displayOptions?.show?.['resource']),
				operation: 'value' in option ? String(option.value) : '',
				action: 'action' in option ? option.action : undefined,
			})),
		);

/** The values that n8n gives to the node: those of the fields that the form shows. */
async function formOf(parameters: INodeParameters, kind = tool) {
	const { description } = await kind();
	const { properties } = description;
	return NodeHelpers.getNodeParameters(
		properties,
		parameters,
		true,
		false,
		nodeOf(parameters),
		description,
	);
}

const generateImage = { resource: 'model', operation: 'generateImage' };

test('the tool form hides what an agent has no use for', async () => {
	const hidden = ['download', 'simplify', 'waitForCompletion'];
	const form = await formOf({ ...generateImage, waitForCompletion: false, simplify: false });
	expect(form).toMatchObject({ output: 'simplified' });
	expect(hidden.filter((name) => form !== null && name in form)).toEqual([]);
	const ordinary = await formOf(generateImage, async () => await nodeType('monsterApi'));
	expect(ordinary).toMatchObject({ download: true, simplify: true, waitForCompletion: true });
	expect(ordinary).not.toHaveProperty('output');
});

test('Fields is shown with Selected Fields only', async () => {
	expect(await formOf(generateImage)).not.toHaveProperty('fields');
	expect(await formOf({ ...generateImage, output: 'fields' })).toHaveProperty('fields', []);
});

test.each([
	['generateImage', ['extraBody', 'onTimeout', 'pollIntervalSeconds', 'polling', 'timeout']],
	['generateText', ['extraBody', 'onTimeout', 'pollIntervalSeconds', 'polling', 'timeout']],
])('the options that are about waiting stay: %s', async (operation, names) => {
	const all = { maxConcurrency: 1, outputBinaryField: 'x', webhookName: 'w' };
	const given = Object.fromEntries(names.map((name) => [name, name === 'polling' ? 'eager' : 1]));
	const form = await formOf({ resource: 'model', operation, options: { ...all, ...given } });
	expect(Object.keys(form?.['options'] ?? {}).sort()).toEqual([...names, 'webhookName'].sort());
});

/** What a language model reads about an operation whose form has not been changed. */
async function toolText(parameters: INodeParameters): Promise<string> {
	const form = await formOf(parameters);
	return NodeHelpers.getToolDescriptionForNode(nodeOf(form ?? {}), await tool());
}

test('what n8n says to a model about each operation', async () => {
	const operations = operationsOf((await tool()).description.properties);
	expect(operations).toHaveLength(22);
	for (const { resource, operation } of operations) {
		const text = await toolText({ resource, operation });
		expect(text.length).toBeLessThanOrEqual(1024);
		expect(text.length).toBeGreaterThan(100);
		if (resource === 'file') continue;
		expect(text).toMatch(/input/i);
		expect(text).toMatch(/Output: /);
	}
});

test.each(['generateImage', 'editImage', 'generateSpeech', 'run'])(
	'the model is told that files come back as URLs: %s',
	async (operation) => {
		expect(await toolText({ resource: 'model', operation })).toContain('list of URLs');
	},
);

test.each(['deployLlm', 'deployCustomImage'])(
	'the model is told what it costs: %s',
	async (operation) => {
		const text = await toolText({ resource: 'deployment', operation });
		expect(text).toContain('costs money by the hour');
	},
);

test('the model reads the user’s own words instead', async () => {
	const words = { toolDescription: 'Paints what is asked for.' };
	expect(await toolText({ ...generateImage, ...words })).toBe(words.toolDescription);
	const byN8n = { descriptionType: 'manual', toolDescription: 'As n8n stored it before.' };
	expect(await toolText({ ...generateImage, ...byN8n })).toBe(byN8n.toolDescription);
});

test('the description changes with the operation', async () => {
	const form = await formOf(generateImage);
	// The editor drops what equals its default before it changes a field.
	const { description } = await tool();
	const kept = NodeHelpers.getNodeParameters(
		description.properties,
		form ?? {},
		false,
		false,
		nodeOf(form ?? {}),
		description,
	);
	const changed = { ...kept, resource: 'model', operation: 'transcribe' };
	expect(await toolText(changed)).toBe(
		await toolText({ resource: 'model', operation: 'transcribe' }),
	);
});

test('a node and a tool are named after their operation, in a few words', async () => {
	for (const kind of [tool, async () => await nodeType('monsterApi')]) {
		const { description } = await kind();
		for (const { resource, operation, action = '' } of operationsOf(description.properties)) {
			const name = NodeHelpers.makeNodeName({ resource, operation }, description);
			expect([action, `${action} in MonsterAPI`]).toContain(name);
			expect(action.length).toBeLessThanOrEqual(35);
			// A tool's name has at most 64 characters.
			expect(name.length).toBeLessThanOrEqual(60);
		}
	}
});
