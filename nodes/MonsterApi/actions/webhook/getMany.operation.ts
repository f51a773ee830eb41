import { listWebhooks } from '../../../core/api/webhooks';
import { toWebhookJson } from '../../../output/json';
import { limitFields, readLimit } from '../form/limitFields';
import type { Operation } from '../operation';

export const getMany: Operation = {
	name: 'Get Many',
	action: 'Get many webhooks',
	description: 'List the registered webhooks. Without any, there is no output item.',
	fields: [...limitFields],
	async execute({ client, parameters }) {
		const limit = readLimit(parameters);
		const webhooks = await listWebhooks(client);
		return webhooks.slice(0, limit).map(({ raw }) => ({ json: toWebhookJson(raw) }));
	},
};
