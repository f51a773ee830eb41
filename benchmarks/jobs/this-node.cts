import { randomBytes } from 'node:crypto';

import type { IDataObject } from 'n8n-workflow';

import { binaryOf, execute, startEngine } from '../../test/support/engine/engine.cjs';
import {
	apiKey,
	model,
	promptOf,
	recording,
	recordingModel,
	type Contender,
} from './candidate.cjs';

/**
 * The built node in n8n's engine, with files on disk.
 * @param before how many jobs an earlier execution of the workflow has run
 */
export const thisNode = (options: IDataObject = {}, before = 0): Contender => ({
	prepare: async ({ baseUrl, jobs, withFile }) => {
		await startEngine('filesystem');
		const staticData: IDataObject = {};
		const run = async (count: number) => {
			const items = await Promise.all(
				Array.from({ length: count }, async (_none, job) => ({
					json: { prompt: promptOf(job) },
					...(withFile && { binary: { data: await recorded() } }),
				})),
			);
			return async () => {
				const { items: out, error } = await execute({
					parameters: { ...(withFile ? transcribe : generate), options },
					credential: { apiKey, baseUrl },
					items,
					staticData,
				});
				if (error !== undefined) throw new Error(error.message);
				return out.map(({ json }) => json['text']);
			};
		};
		if (before > 0) await (await run(before))();
		return await run(jobs);
	},
});

const generate = {
	resource: 'model',
	operation: 'generateText',
	model,
	prompt: '={{ $json.prompt }}',
};
const transcribe = { resource: 'model', operation: 'transcribe', model: recordingModel };

const recorded = async () =>
	await binaryOf(randomBytes(recording.bytes), recording.name, recording.type);
