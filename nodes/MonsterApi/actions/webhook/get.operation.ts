import { MonsterApiError } from '../../../core/http/errors';
import { listWebhooks } from '../../../core/api/webhooks';
import type { Operation } from '../operation';
import { readWebhookName, webhookNameField } from '../form/webhookFields';
import { toWebhookJson } from '../../../output/json';

export const get: Operation = {
	name: 'Get',
	action: 'Get webhook',
	description: 'Get a registered webhook by its name',
	fields: [webhookNameField],
	async execute({ client, parameters }) {
		const name = readWebhookName(parameters);
		const webhook = (await listWebhooks(client, name)).find((candidate) => candidate.name === name);
		if (webhook !== undefined) return { json: toWebhookJson(webhook.raw) };
		throw new MonsterApiError(`There is no webhook '${name}'`, {
			advice: 'Choose a registered webhook from the list.',
			status: 404,
			retryable: false,
		});
	},
};
