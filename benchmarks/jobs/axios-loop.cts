import { setTimeout as delay } from 'node:timers/promises';

import axios from 'axios';

import { apiKey, model, promptOf, type Candidate } from './candidate.cjs';

interface Status {
	readonly status: string;
	readonly result: { readonly text?: unknown; readonly errorMessage?: string };
}

/** A script of one's own: submits with axios and polls at a fixed interval, with limited concurrency. */
export const axiosLoop = (intervalMs: number, concurrency: number): Candidate => ({
	prepare: async ({ baseUrl, jobs }) => {
		const api = axios.create({ baseURL: baseUrl, headers: { Authorization: `Bearer ${apiKey}` } });
		const textOf = async (job: number): Promise<unknown> => {
			const body = { prompt: promptOf(job) };
			const { data } = await api.post<{ process_id: string }>(`/generate/${model}`, body);
			for (;;) {
				await delay(intervalMs);
				const { status, result } = (await api.get<Status>(`/status/${data.process_id}`)).data;
				if (status === 'COMPLETED') return result.text;
				if (status === 'FAILED') throw new Error(result.errorMessage);
			}
		};
		return await Promise.resolve(async () => {
			const texts: unknown[] = [];
			const queue = Array.from({ length: jobs }, (_none, job) => job).values();
			const worker = async () => {
				for (const job of queue) texts[job] = await textOf(job);
			};
			await Promise.all(Array.from({ length: concurrency }, worker));
			return texts;
		});
	},
});
