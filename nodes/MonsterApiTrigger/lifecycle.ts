import type { IHookFunctions } from 'n8n-workflow';

import type { Client } from '../core/api/client';
import {
	isPrivateUrl,
	isRegistered,
	register,
	unregister,
	type Registration,
} from '../core/webhook/registration';
import { webhookToken } from '../core/webhook/token';
import { readCredential } from '../host/credential';
import { toNodeError } from '../host/errors';
import { plainClient } from '../host/n8nHost';
import { identityOf, type Identity } from './identity';

function identity(context: IHookFunctions, test: boolean): Identity {
	const given: unknown = context.getNodeParameter('webhookName', '');
	const name = typeof given === 'string' ? given.trim() : '';
	return identityOf(context.getNode(), context.getWorkflow().id, name, test);
}

const addressOf = (context: IHookFunctions) => context.getNodeWebhookUrl('default') ?? '';

/** What MonsterAPI should know of this trigger. n8n asks anew at each start, so nothing is kept. */
async function wanted(context: IHookFunctions): Promise<Registration> {
	const { apiKey } = await readCredential(context);
	const { name, place } = identity(context, context.getActivationMode() === 'manual');
	const url = new URL(addressOf(context));
	url.searchParams.set('token', webhookToken(apiKey, place));
	return { name, url: url.href };
}

const withClient = async <T>(
	context: IHookFunctions,
	work: (client: Client) => Promise<T>,
): Promise<T> =>
	await plainClient(context)
		.then(work)
		.catch(async (error: unknown) => await Promise.reject(toNodeError(context.getNode(), error)));

/** Whether MonsterAPI has exactly this registration. */
export const checkExists = async (context: IHookFunctions): Promise<boolean> =>
	await withClient(context, async (client) => await isRegistered(client, await wanted(context)));

/** Registers the trigger, or repairs a name that points elsewhere. */
export const create = async (context: IHookFunctions): Promise<boolean> =>
	await withClient(context, async (client) => {
		const registration = await wanted(context);
		if (isPrivateUrl(registration.url)) {
			context.logger.warn(
				'The webhook URL of the MonsterAPI Trigger is one that only this network can reach. MonsterAPI calls from the internet: set WEBHOOK_URL to the public address of n8n.',
				{ host: new URL(registration.url).host, node: context.getNode().name },
			);
		}
		await register(client, registration);
		return true;
	});

/**
 * Takes the registration back. One that is gone already counts as taken back. n8n does not say whether a published
 * workflow ends or the editor's test listening: the address tells, so that neither takes the other's away.
 * @returns false when MonsterAPI could not be asked: that must not keep anybody from unpublishing
 */
export const remove = async (context: IHookFunctions): Promise<boolean> =>
	await plainClient(context)
		.then(async (client) => {
			const names = [false, true].map((test) => identity(context, test).name);
			await unregister(client, names, addressOf(context));
			return true;
		})
		.catch((error: unknown) => {
			const { message, description } = toNodeError(context.getNode(), error);
			context.logger.warn(
				`The webhook of the MonsterAPI Trigger could not be taken back: ${message}. ${description ?? ''}`,
			);
			return false;
		});
