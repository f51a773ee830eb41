import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { findModel, models } from '../../nodes/core/catalogue';
import { projectFolder } from '../support/n8n/cache-folder.cjs';
import { readExamples } from '../support/n8n/workflow-files.cjs';

const examples = readExamples();
const nodes = examples.flatMap(({ workflow }) => workflow.nodes);

const servingUrls = [
	'n8n-nodes-monsterapi.monsterApiTrigger',
	'n8n-nodes-base.formTrigger',
	'n8n-nodes-base.telegramTrigger',
	'@n8n/n8n-nodes-langchain.chatTrigger',
];

test('every trigger of the examples has a webhook ID: without one n8n’s import serves no URL', () => {
	const triggers = nodes.filter(({ type }) => servingUrls.includes(type));
	expect(triggers).toHaveLength(5);
	for (const trigger of triggers) {
		expect(trigger).toMatchObject({ webhookId: expect.stringMatching(/^[\da-f-]{36}$/) });
	}
});

test('every example has a note that says how to set it up', () => {
	for (const { id, workflow } of examples) {
		const note = workflow.nodes.find(({ type }) => type === 'n8n-nodes-base.stickyNote');
		expect([id, note?.parameters['content']]).toEqual([
			id,
			expect.stringContaining('### How to set up'),
		]);
	}
});

test('no example names a stored credential: n8n finds it by its name', () => {
	const ids = nodes.flatMap(({ credentials = {} }) =>
		Object.values(credentials).map(({ id }) => id),
	);
	expect(ids.filter((id) => id !== null)).toEqual([]);
});

test('every Model is saved as the editor saves it: a plain ID leaves its mode empty there', () => {
	const chosen = nodes
		.filter(({ type }) => type.startsWith('n8n-nodes-monsterapi.'))
		.flatMap(({ parameters: { model } }) => (model === undefined ? [] : [model]));
	expect(chosen).toHaveLength(22);
	for (const model of chosen) {
		const { value } = model as { value?: string };
		const cachedResultName = findModel(String(value))?.label ?? 'a model of the catalogue';
		expect(model).toEqual({ __rl: true, mode: 'list', value, cachedResultName });
	}
});

test('the notes call the models’ parameters by the names in the form', () => {
	const names = new Set(models.flatMap(({ parameters }) => Object.keys(parameters)));
	for (const { parameters, type } of nodes) {
		if (type !== 'n8n-nodes-base.stickyNote') continue;
		const code = [...String(parameters['content']).matchAll(/`(\w+)`/g)].map(
			([, word = '']) => word,
		);
		// A table's column, which has the name of a parameter too.
		expect(code.filter((word) => names.has(word) && word !== 'prompt')).toEqual([]);
	}
});

test('an example that writes files says where without Docker', () => {
	const writing = examples.filter(({ workflow }) =>
		workflow.nodes.some(({ type }) => type === 'n8n-nodes-base.readWriteFile'),
	);
	expect(writing.map(({ id }) => id)).toEqual(['form-to-subtitles', 'nightly-images']);
	for (const { workflow } of writing) {
		const note = workflow.nodes.find(({ type }) => type === 'n8n-nodes-base.stickyNote');
		expect(note?.parameters['content']).toContain(
			'Without Docker: create the folder `.n8n-files` in your home folder',
		);
	}
});

test('the README lists every example, and its pictures exist', () => {
	const readme = readFileSync(join(projectFolder, 'examples', 'README.md'), 'utf8');
	for (const { id } of examples) expect(readme).toContain(`](${id}.json)`);
	const pictures = [...readme.matchAll(/\/main\/(docs\/images\/[\w-]+\.png)/g)].map(
		([, path = '']) => path,
	);
	expect(pictures).toHaveLength(10);
	for (const path of pictures)
		expect([path, existsSync(join(projectFolder, path))]).toEqual([path, true]);
});
