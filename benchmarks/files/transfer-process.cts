import { createReadStream } from 'node:fs';

import type { INodeExecutionData } from 'n8n-workflow';

import { binaryOf, endEngine, execute, startEngine } from '../../test/support/engine/engine.cjs';
import { readInput, reportToParent } from '../processes.cjs';
import { measureUsage, type Usage } from '../usage.cjs';

interface Transfer {
	readonly baseUrl: string;
	/** The file to upload, or the job whose result to download. */
	readonly source?: string;
	readonly processId?: string;
	/** Whether to collect all garbage first: needed for the added memory, but slows the transfer down. */
	readonly collect: boolean;
}

export interface TransferReport extends Usage {
	/** Bytes of the downloaded file, as stored by n8n. */
	readonly bytes: number;
}

/** One transfer through the built node in n8n's engine. */
reportToParent(async (): Promise<TransferReport> => {
	const { baseUrl, source, processId, collect } = readInput() as Transfer;
	try {
		await startEngine('filesystem');
		const items: INodeExecutionData[] = [{ json: {} }];
		if (source !== undefined) {
			const film = await binaryOf(createReadStream(source), 'film.mp4', 'video/mp4');
			items[0] = { json: {}, binary: { data: film } };
		}
		const parameters =
			source === undefined
				? { resource: 'job', operation: 'get', processId, download: true }
				: { resource: 'file', operation: 'upload' };
		if (collect) globalThis.gc?.();
		let bytes = 0;
		const usage = await measureUsage(async () => {
			const credential = { apiKey: 'benchmark-key', baseUrl };
			const { items: out, error } = await execute({ parameters, credential, items });
			if (error !== undefined) throw new Error(error.message);
			bytes = Number(out[0]?.binary?.['data']?.bytes);
		});
		return { ...usage, bytes };
	} finally {
		endEngine();
	}
});
