import { deleteWebhook } from '../../../core/api/webhooks';
import type { Operation } from '../operation';
import { requireWebhookName, webhookNameField } from '../form/webhookFields';

export const deleteOperation: Operation = {
	name: 'Delete',
	action: 'Delete a webhook',
	description: 'Take a registered webhook back. One that is gone already counts as deleted.',
	fields: [webhookNameField],
	async execute({ client, parameters }) {
		const name = requireWebhookName(parameters);
		await deleteWebhook(client, name);
		return { json: { deleted: true, url_name: name } };
	},
};
