import { setTimeout as delay } from 'node:timers/promises';

import {
	NodeConnectionTypes,
	type IDataObject,
	type IExecuteFunctions,
	type INodeType,
} from 'n8n-workflow';

import { startEngine } from '../../test/support/engine/engine.cjs';
import { node, runByHand, to } from './by-hand.cjs';
import { model, promptOf, type Contender } from './candidate.cjs';

/**
 * The least that a node can do: reads a prompt for each item, and calls n8n's HTTP helper. What n8n itself costs, above
 * axios: a connection for each call, the credential, an expression for each item.
 */
export const bareNode = (everySeconds: number, atOnce: number): Contender => ({
	prepare: async ({ baseUrl, jobs }) => {
		await startEngine('filesystem');
		const nodes = [node('Bare', 'bare', 1, { prompt: '={{ $json.prompt }}' })];
		const connections = { Start: { main: [to('Bare')] }, Bare: { main: [to('Done')] } };
		const types = new Map([['bare', typeOf(baseUrl, everySeconds, atOnce)]]);
		const items = Array.from({ length: jobs }, (_none, job) => ({
			json: { prompt: promptOf(job) },
		}));
		return async () => {
			const out = await runByHand({ types, nodes, connections }, items);
			return out.map(({ json }) => json['text']);
		};
	},
});

function typeOf(baseUrl: string, everySeconds: number, atOnce: number): INodeType {
	return {
		description: {
			displayName: 'Bare',
			name: 'bare',
			group: [],
			version: 1,
			description: '',
			defaults: {},
			inputs: [NodeConnectionTypes.Main],
			outputs: [NodeConnectionTypes.Main],
			credentials: [{ name: 'monsterApi', required: true }],
			properties: [{ displayName: 'Prompt', name: 'prompt', type: 'string', default: '' }],
		},
		async execute(this: IExecuteFunctions) {
			const { length } = this.getInputData();
			const call = async (path: string, body?: IDataObject) =>
				await this.helpers.httpRequestWithAuthentication.call(this, 'monsterApi', {
					method: body === undefined ? 'GET' : 'POST',
					url: `${baseUrl}${path}`,
					...(body && { body }),
					json: true,
				});
			const texts: IDataObject[] = [];
			let next = 0;
			const worker = async () => {
				while (next < length) {
					const item = next++;
					const prompt = this.getNodeParameter('prompt', item);
					const { process_id: id } = await call(`/generate/${model}`, { prompt });
					for (;;) {
						await delay(everySeconds * 1000);
						const { status, result } = await call(`/status/${id}`);
						if (status === 'FAILED') throw new Error(result.errorMessage);
						if (status !== 'COMPLETED') continue;
						texts[item] = { text: result.text };
						break;
					}
				}
			};
			await Promise.all(Array.from({ length: Math.min(atOnce, length) }, worker));
			return [texts.map((json, item) => ({ json, pairedItem: { item } }))];
		},
	};
}
