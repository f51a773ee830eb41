import { addWebhook } from '../../../core/webhook/registration';
import { requireWebUrl } from '../../../core/webUrl';
import type { Operation } from '../operation';
import { readWebhookName, webhookNameField } from '../form/webhookFields';
import { toWebhookJson } from '../../../output/json';

export const create: Operation = {
	name: 'Create',
	action: 'Create webhook',
	description: 'Register a URL that MonsterAPI calls when a job changes its status',
	fields: [
		{
			...webhookNameField,
			default: { mode: 'name', value: '' },
			description: 'The name by which jobs refer to the webhook',
		},
		{
			displayName: 'Webhook URL',
			name: 'webhookUrl',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. https://example.com/callback',
			description: 'The public URL to call. MonsterAPI tests it before it registers the webhook.',
		},
	],
	async execute({ client, parameters }) {
		const name = readWebhookName(parameters);
		const url = requireWebUrl(parameters.text('webhookUrl', 'Webhook URL'), 'webhook URL');
		const answer = await addWebhook(client, { name, url });
		return { json: toWebhookJson({ ...answer, url_name: name, webhook_url: url }) };
	},
};
