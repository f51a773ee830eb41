import { MonsterApiError } from '../../../core/http/errors';
import { listWebhooks } from '../../../core/api/webhooks';
import type { Operation } from '../operation';
import { requireWebhookName, webhookNameField } from '../form/webhookFields';
import { toWebhookJson } from '../../output/webhookJson';

export const get: Operation = {
	name: 'Get',
	action: 'Get a webhook',
	description: 'Look up one registered webhook',
	fields: [webhookNameField],
	async execute({ client, parameters }) {
		const name = requireWebhookName(parameters);
		const found = (await listWebhooks(client, name)).find((webhook) => webhook.name === name);
		if (found !== undefined) return { json: toWebhookJson(found.raw) };
		throw new MonsterApiError(`There is no webhook “${name}”`, {
			advice: 'Choose a registered webhook from the list.',
			status: 404,
			retryable: false,
		});
	},
};
