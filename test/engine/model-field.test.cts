import {
	NodeHelpers,
	Workflow,
	type INode,
	type INodeParameters,
	type INodeProperties,
} from 'n8n-workflow';

import { modelsByFamily, type Family } from '../../nodes/core/catalogue/index';
import { loadPackage, nodeTypes } from '../support/engine/engine.cjs';
import { useSession } from '../support/engine/session.cjs';

useSession();

const locator = (mode: 'list' | 'id', value: string) => ({ __rl: true, mode, value });
const operationOf: Readonly<Record<Family, string>> = {
	text: 'generateText',
	image: 'generateImage',
	imageEdit: 'editImage',
	transcription: 'transcribe',
	speech: 'generateSpeech',
};
const families = Object.keys(modelsByFamily) as Family[];

const nodeDescription = async () => {
	const { types } = await loadPackage();
	const description = types.nodes.find(({ name }) => name === 'monsterApi');
	if (description === undefined) throw new Error('the node is missing');
	return description;
};

async function fieldOf(operation: string, name: string): Promise<INodeProperties> {
	const { properties } = await nodeDescription();
	const field = properties.find(
		(one) =>
			one.name === name && one.displayOptions?.show?.['operation']?.includes(operation) === true,
	);
	if (field === undefined) throw new Error(`${operation} has no ${name}`);
	return field;
}

/** The names that the collection offers for a model, as n8n decides. */
async function offered(family: Family, model: unknown): Promise<string[]> {
	const { options = [] } = await fieldOf(operationOf[family], 'parameters');
	const root = { resource: 'model', operation: operationOf[family], model } as INodeParameters;
	return options
		.filter((one) => NodeHelpers.displayParameter({}, one as INodeProperties, null, null, root))
		.map(({ name }) => name)
		.sort();
}

const namesOf = (family: Family) => [
	...new Set(modelsByFamily[family].flatMap(({ parameters }) => Object.keys(parameters))),
];

describe.each(families)('the parameters of the family %s', (family) => {
	test('are for each model its own, however it is chosen', async () => {
		for (const { id, parameters } of modelsByFamily[family]) {
			const own = Object.keys(parameters).sort();
			for (const model of [id, locator('list', id), locator('id', id)]) {
				expect([id, await offered(family, model)]).toEqual([id, own]);
			}
		}
	});

	test.each([
		['an unknown model', locator('id', 'my.own:4b')],
		['one whose name begins like a known one', locator('id', 'sdxl-base-2')],
		['no model', locator('list', '')],
		['a plain text', 'my-own'],
		['an expression', '={{ $json.model }}'],
		['an expression in the locator', locator('id', '={{ $json.model }}')],
	])('are all of them, each once, for %s', async (_name, model) => {
		expect(await offered(family, model)).toEqual(namesOf(family).sort());
	});

	test('begin with a model of the family', async () => {
		const { default: value } = await fieldOf(operationOf[family], 'model');
		const expected = modelsByFamily[family].map(({ id, label }) => ({
			mode: 'list',
			value: id,
			cachedResultName: label,
		}));
		expect(expected).toContainEqual(value);
	});
});

test.each<[string, unknown]>([
	['sdxl-base', locator('list', 'sdxl-base')],
	['my-own', locator('id', 'my-own')],
	['sdxl-base', 'sdxl-base'],
	['{{ $json.model }}', '={{ $json.model }}'],
	['{{ $("Nowhere").item.json.model }}', locator('id', '={{ $("Nowhere").item.json.model }}')],
	['model', locator('list', '')],
	['model', undefined],
])('the sub-title shows %s', async (shown, model) => {
	const { name, subtitle = '' } = await nodeDescription();
	const node: INode = {
		id: 'n',
		name: 'MonsterAPI',
		type: `n8n-nodes-monsterapi.${name}`,
		typeVersion: 1,
		position: [0, 0],
		parameters: {
			resource: 'model',
			operation: 'generateImage',
			...(model === undefined ? {} : { model }),
		} as INodeParameters,
	};
	const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
	// As the editor does; the defaults are stored in the node there.
	node.parameters = workflow.nodes['MonsterAPI']?.parameters ?? {};
	expect(
		workflow.expression.getSimpleParameterValue(node, subtitle, 'internal', {}, undefined, '?'),
	).toBe(`generateImage: ${model === undefined ? 'sdxl-base' : shown}`);
});

// n8n evaluates them within 250 ms, or ends the workflow: on a busy machine that is not enough.
test('no field is shown or hidden by a regular expression', async () => {
	const { properties } = await nodeDescription();
	expect(JSON.stringify(properties)).toContain('"_cnd":{"not":');
	expect(JSON.stringify(properties)).not.toContain('"_cnd":{"regex":');
});
