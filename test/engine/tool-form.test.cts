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
		.filter(
			({ name, displayOptions }) => name === 'operation' && !displayOptions?.show?.['@version'],
		)
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

test('what n8n says to a model about each operation', async () => {
	const type = await tool();
	const operations = operationsOf(type.description.properties);
	expect(operations).toHaveLength(22);
	for (const { resource, operation } of operations) {
		const text = NodeHelpers.getToolDescriptionForNode(nodeOf({ resource, operation }), type);
		expect(text).toMatch(/\. Runs in MonsterAPI$/);
		expect(text.length).toBeLessThanOrEqual(1024);
		if (resource === 'file') continue;
		expect(text).toMatch(/input/i);
		expect(text).toMatch(/Output: /);
	}
});

test.each(['generateImage', 'editImage', 'generateSpeech', 'run'])(
	'the model is told that files come back as URLs: %s',
	async (operation) => {
		const node = nodeOf({ resource: 'model', operation });
		expect(NodeHelpers.getToolDescriptionForNode(node, await tool())).toContain('list of URLs');
	},
);

test.each(['deployLlm', 'deployCustomImage'])(
	'the model is told what it costs: %s',
	async (operation) => {
		const node = nodeOf({ resource: 'deployment', operation });
		expect(NodeHelpers.getToolDescriptionForNode(node, await tool())).toContain(
			'costs money by the hour',
		);
	},
);

test('the node panel has the short actions', async () => {
	const { properties, version } = (await nodeType('monsterApi')).description;
	const versions: unknown[] = [version].flat();
	// As the editors of n8n 1.x and 2.x choose the field of a resource.
	const panel = operationsOf(properties).map(({ resource, operation }) => {
		const field = properties.find(
			({ name, displayOptions: { show } = {} }) =>
				name === 'operation' &&
				show?.['resource']?.includes(resource) === true &&
				(show['@version']?.some((shown) => versions.includes(shown)) ?? true),
		);
		const option = field?.options?.find((one) => 'value' in one && one.value === operation);
		return option && 'action' in option ? option.action : undefined;
	});
	expect(panel).toEqual(operationsOf(properties).map(({ action }) => action));
	expect(panel.filter((action) => action === undefined || action.length > 35)).toEqual([]);
});
