import { MonsterApiError } from '../../../core/http/errors';
import { createWebhook } from '../../../core/api/webhooks';
import type { Operation } from '../operation';
import { requireWebhookName, webhookNameField } from '../form/webhookFields';
import { toWebhookJson } from '../../output/webhookJson';

export const create: Operation = {
	name: 'Create',
	action: 'Create a webhook',
	description: 'Register a URL that MonsterAPI calls when a job changes',
	fields: [
		{
			...webhookNameField,
			default: { mode: 'name', value: '' },
			description: 'The name under which jobs name the webhook',
		},
		{
			displayName: 'Webhook URL',
			name: 'webhookUrl',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. https://example.com/callback',
			description: 'The public URL to call. MonsterAPI tries it before it registers it.',
		},
	],
	async execute({ client, parameters }) {
		const name = requireWebhookName(parameters);
		const url = parameters.text('webhookUrl', 'Webhook URL').trim();
		if (!URL.canParse(url) || !/^https?:/i.test(url)) {
			throw new MonsterApiError('The webhook URL is not a web address', {
				advice: 'Give a public URL that begins with https:// or http://.',
				retryable: false,
			});
		}
		const answer = await createWebhook(client, { name, url });
		return { json: toWebhookJson({ ...answer, url_name: name, webhook_url: url }) };
	},
};
