import type { IHookFunctions } from 'n8n-workflow';

import type { Client } from '../core/api/client';
import { deleteWebhook } from '../core/api/webhooks';
import {
	isPrivateUrl,
	isRegistered,
	register,
	type Registration,
} from '../core/webhook/registration';
import { webhookToken } from '../core/webhook/token';
import { readCredential } from '../host/credential';
import { toNodeError } from '../host/errors';
import { plainClient } from '../host/n8nHost';
import { identityOf } from './identity';

/** What MonsterAPI should know of this trigger. n8n asks anew at each start, so nothing is kept. */
async function wanted(context: IHookFunctions): Promise<Registration> {
	const { apiKey } = await readCredential(context);
	const given: unknown = context.getNodeParameter('webhookName', '');
	const { name, place } = identityOf(
		context.getNode(),
		context.getWorkflow().id,
		typeof given === 'string' ? given.trim() : '',
		context.getActivationMode() === 'manual',
	);
	const url = new URL(context.getNodeWebhookUrl('default') ?? '');
	url.searchParams.set('token', webhookToken(apiKey, place));
	return { name, url: url.href };
}

const withClient = async <T>(
	context: IHookFunctions,
	work: (client: Client, registration: Registration) => Promise<T>,
): Promise<T> =>
	await Promise.all([plainClient(context), wanted(context)])
		.then(async ([client, registration]) => await work(client, registration))
		.catch(async (error: unknown) => await Promise.reject(toNodeError(context.getNode(), error)));

/** Whether MonsterAPI has exactly this registration. */
export const checkExists = async (context: IHookFunctions): Promise<boolean> =>
	await withClient(context, isRegistered);

/** Registers the trigger, or repairs a name that points elsewhere. */
export const create = async (context: IHookFunctions): Promise<boolean> =>
	await withClient(context, async (client, registration) => {
		if (isPrivateUrl(registration.url)) {
			context.logger.warn(
				'The webhook URL of the MonsterAPI Trigger is one that only this network can reach. MonsterAPI calls from the internet: set WEBHOOK_URL to the public address of n8n.',
				{ host: new URL(registration.url).host, node: context.getNode().name },
			);
		}
		await register(client, registration);
		return true;
	});

/** Takes the registration back. One that is gone already counts as taken back. */
export const remove = async (context: IHookFunctions): Promise<boolean> =>
	await withClient(context, async (client, { name }) => {
		await deleteWebhook(client, name);
		return true;
	});
