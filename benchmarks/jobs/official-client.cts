import { apiKey, model, promptOf, type Contender } from './candidate.cjs';

interface Client {
	apiUrl: string;
	generate(model: string, data: object): Promise<{ text: unknown }>;
}

/** MonsterAPI's own client for JavaScript, one job after the other or all of them at once. */
export const officialClient = (order: 'sequential' | 'at once'): Contender => ({
	prepare: async ({ baseUrl, jobs, rivals }) => {
		const { default: MonsterApiClient }: { default: new (key: string) => Client } = await import(
			require.resolve(rivals.official)
		);
		const client = new MonsterApiClient(apiKey);
		client.apiUrl = baseUrl;
		const textOf = async (job: number) =>
			(await client.generate(model, { prompt: promptOf(job) })).text;
		const numbers = Array.from({ length: jobs }, (_none, job) => job);
		return async () => {
			if (order === 'at once') return await Promise.all(numbers.map(textOf));
			const texts: unknown[] = [];
			for (const job of numbers) texts.push(await textOf(job));
			return texts;
		};
	},
});
