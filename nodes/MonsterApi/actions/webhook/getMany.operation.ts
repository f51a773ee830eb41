import { listWebhooks } from '../../../core/api/webhooks';
import type { Operation } from '../operation';
import { toWebhookJson } from '../../output/webhookJson';

export const getMany: Operation = {
	name: 'Get Many',
	action: 'Get many webhooks',
	description: 'List all registered webhooks',
	fields: [],
	execute: async ({ client }) =>
		(await listWebhooks(client)).map(({ raw }) => ({ json: toWebhookJson(raw) })),
};
