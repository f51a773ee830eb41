import { listWebhooks } from '../../../core/api/webhooks';
import { toJson } from '../../../host/item';
import type { Operation } from '../operation';

export const getMany: Operation = {
	name: 'Get Many',
	action: 'Get many webhooks',
	description: 'List all registered webhooks',
	fields: [],
	execute: async ({ client }) =>
		(await listWebhooks(client)).map(({ raw }) => ({ json: toJson(raw) })),
};
