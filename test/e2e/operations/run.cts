import assert from 'node:assert/strict';
import { digest } from '../../../emulator/files/content-digest.cjs';
import type { Job } from '../../../emulator/generate/job.cjs';
import type { RequestRecord } from '../../../emulator/request-record.cjs';
import type { State } from '../../../emulator/state.cjs';
import { gatewayAgent } from '../../support/gateway/recorder.cjs';
import type { N8nApi } from '../../support/n8n/api.cjs';
import {
	FILES_IN_JSON,
	filesOf,
	type Execution,
	type ExecutionItem,
} from '../../support/n8n/execution.cjs';
import { expectEqual } from '../checks.cjs';
import type { MonsterApi } from '../instance.cjs';
import type { FileFacts } from './file-facts.cjs';

/** One execution, as n8n recorded it and as MonsterAPI saw it. */
export class Run {
	/** Until now: what a test itself asks afterwards is not n8n's. */
	private readonly recorded: readonly RequestRecord[];

	constructor(
		private readonly api: N8nApi,
		private readonly monsterApi: MonsterApi,
		readonly execution: Execution,
		/** Required prefix of the ids of its files. */
		private readonly storage: string | undefined,
	) {
		// A gateway reads files by links of its own.
		this.recorded = monsterApi.state.requests.filter(
			({ headers }) => headers.userAgent !== gatewayAgent,
		);
	}

	/** MonsterAPI's state; it has only this execution's jobs. */
	get state(): State {
		return this.monsterApi.state;
	}

	/** Only the emulator ends jobs as soon as it has accepted them, and lists its callbacks. */
	get isEmulated(): boolean {
		return this.monsterApi.kind === 'emulator';
	}

	items(node: string, output = 0): ExecutionItem[] {
		return this.execution.items(node, output);
	}

	/** The JSON of a node's items, without the files that combined mode keeps there. */
	json(node: string, output = 0): Array<Record<string, unknown>> {
		return this.items(node, output).map(({ json: { [FILES_IN_JSON]: _files, ...json } }) => json);
	}

	/** The files of each item of a node by field, downloaded from n8n. Throws when they are stored elsewhere. */
	async files(node: string, output = 0): Promise<Array<Record<string, FileFacts>>> {
		const all: Array<Record<string, FileFacts>> = [];
		for (const item of this.items(node, output)) {
			const ofItem: Record<string, FileFacts> = {};
			for (const [field, file] of Object.entries(filesOf(item))) {
				expectEqual('storage of the file', file.id?.split(':')[0], this.storage);
				const { size, sha256 } = await digest(await this.api.openFile(file));
				ofItem[field] = { name: file.fileName, mime: file.mimeType, size, sha256 };
			}
			all.push(ofItem);
		}
		return all;
	}

	/** The index of the input item that each item of a node is paired with. */
	sources(node: string, output = 0): unknown[] {
		return this.items(node, output).map(({ pairedItem }) =>
			typeof pairedItem === 'object' && pairedItem !== null && 'item' in pairedItem
				? pairedItem.item
				: pairedItem,
		);
	}

	/** MonsterAPI's jobs of a node's items, in the order of the items. */
	jobs(node: string): Job[] {
		return this.items(node).map(({ json }, index) => {
			const job = this.state.jobs.get(String(json.process_id));
			assert(job !== undefined, `item ${index} of "${node}" names no job of MonsterAPI`);
			return job;
		});
	}

	/** n8n's requests of a method whose path starts with `path`. */
	requests(method: string, path: string): RequestRecord[] {
		return this.recorded.filter(
			(request) => request.method === method && request.path.startsWith(path),
		);
	}

	/** n8n's requests that were refused, or never answered. */
	refused(): RequestRecord[] {
		return this.recorded.filter(({ status }) => status < 200 || status >= 300);
	}
}
