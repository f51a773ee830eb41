import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import axios from 'axios';
import FormData from 'form-data';

import {
	apiKey,
	model,
	promptOf,
	recording,
	recordingModel,
	type Contender,
} from './candidate.cjs';

/** What one writes by hand: hand a job over, ask each so many seconds, so many jobs at a time. */
export const axiosLoop = (everySeconds: number, atOnce: number): Contender => ({
	prepare: async ({ baseUrl, jobs, withFile }) => {
		const headers = { Authorization: `Bearer ${apiKey}` };
		// As in n8n, each job has a file of its own on disk.
		const folder = withFile ? await mkdtemp(join(tmpdir(), 'recordings-')) : '';
		const fileOf = (job: number) => join(folder, `${job}.mp3`);
		for (let job = 0; withFile && job < jobs; job++) {
			await writeFile(fileOf(job), randomBytes(recording.bytes));
		}
		const handOver = async (job: number) => {
			if (!withFile) {
				const body = { prompt: promptOf(job) };
				return await axios.post(`${baseUrl}/generate/${model}`, body, { headers });
			}
			const form = new FormData();
			form.append('file', createReadStream(fileOf(job)), {
				filename: recording.name,
				contentType: recording.type,
			});
			return await axios.post(`${baseUrl}/generate/${recordingModel}`, form, {
				headers: { ...headers, ...form.getHeaders() },
			});
		};
		const textOf = async (job: number): Promise<unknown> => {
			const accepted = await handOver(job);
			for (;;) {
				await delay(everySeconds * 1000);
				const { data } = await axios.get(`${baseUrl}/status/${accepted.data.process_id}`, {
					headers,
				});
				if (data.status === 'COMPLETED') return data.result.text;
				if (data.status === 'FAILED') throw new Error(data.result.errorMessage);
			}
		};
		return await Promise.resolve(async () => {
			const texts: unknown[] = [];
			let next = 0;
			const worker = async () => {
				while (next < jobs) {
					const job = next++;
					texts[job] = await textOf(job);
				}
			};
			await Promise.all(Array.from({ length: Math.min(atOnce, jobs) }, worker));
			if (withFile) await rm(folder, { recursive: true });
			return texts;
		});
	},
});
