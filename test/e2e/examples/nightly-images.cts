import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { N8nSession } from '../../support/n8n/session.cjs';
import { expectEqual } from '../checks.cjs';
import type { SingleInstance } from '../single-instance.cjs';
import { filesFolder, importExample } from './imported.cjs';

interface Row {
	id: number;
	prompt: string;
	file: string | null;
}

/** A data table with the columns of the example. */
class PromptTable {
	private constructor(
		private readonly session: N8nSession,
		private readonly path: string,
		readonly id: string,
	) {}

	static async create(session: N8nSession, prompts: readonly string[]): Promise<PromptTable> {
		const project = await session.call<{ id: string }>('GET', '/projects/personal');
		const path = `/projects/${project.id}/data-tables`;
		const columns = ['prompt', 'file'].map((name) => ({ name, type: 'string' }));
		const { id } = await session.call<{ id: string }>('POST', path, { name: 'Prompts', columns });
		const data = prompts.map((prompt) => ({ prompt, file: null }));
		await session.call('POST', `${path}/${id}/insert`, { data, returnType: 'count' });
		return new PromptTable(session, `${path}/${id}`, id);
	}

	async rows(): Promise<Row[]> {
		const { data } = await this.session.call<{ data: Row[] }>('GET', `${this.path}/rows`);
		return data.sort((left, right) => left.id - right.id);
	}
}

/** Two nights: the second paints only what failed in the first. */
export async function checkNightlyImages(instance: SingleInstance): Promise<string> {
	const { api, emulator } = instance;
	const prompts = ['A boat', 'A house [fail: out of memory]', 'A tree'];
	const table = await PromptTable.create(api.session, prompts);
	const workflow = await importExample(instance, 'nightly-images', ({ nodes }) => {
		for (const node of nodes.filter(({ type }) => type === 'n8n-nodes-base.dataTable')) {
			node.parameters.dataTableId = { __rl: true, mode: 'list', value: table.id };
		}
	});
	const submissions = () =>
		emulator.state.requests.filter(({ path }) => path.startsWith('/v1/generate/')).length;
	const night = async () => {
		const before = submissions();
		const id = await api.run(workflow, 'When clicking ‘Execute workflow’');
		const execution = await api.waitForExecution(id ?? '');
		execution.requireSuccess();
		return { execution, submitted: submissions() - before };
	};

	const first = await night();
	expectEqual('submitted in the first night', first.submitted, 3);
	expectEqual('not painted', first.execution.items('Not painted').length, 1);
	const rows = await table.rows();
	const folder = filesFolder(instance);
	const done = rows.map(({ file }) => Boolean(file));
	expectEqual('rows that are done', done, [true, false, true]);
	for (const { id, file } of rows.filter((row) => row.file)) {
		expectEqual('path', file, join(folder, `image-${id}.png`));
		const start = readFileSync(String(file)).toString('latin1', 1, 4);
		assert(start === 'PNG', `${String(file)} is no PNG file`);
	}

	const second = await night();
	expectEqual('submitted in the second night', second.submitted, 1);
	return `${rows.filter(({ file }) => file).length} images, 1 failure tried again`;
}
