import type { IHookFunctions } from 'n8n-workflow';

import { MonsterApiError } from '../core/http/errors';
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
	const { name, scope: place } = identity(context, context.getActivationMode() === 'manual');
	const url = new URL(addressOf(context));
	url.searchParams.set('token', webhookToken(apiKey, place));
	return { name, url: url.href };
}

const warn = (context: IHookFunctions, message: string, error: unknown): void => {
	const shown = toNodeError(context.getNode(), error);
	context.logger.warn(`${message}: ${shown.message}. ${shown.description ?? ''}`.trim());
};

/**
 * Whether MonsterAPI has exactly this registration. When n8n starts while MonsterAPI is away, what was registered
 * before is trusted: a failing activation would take the whole workflow off the air.
 */
export const checkExists = async (context: IHookFunctions): Promise<boolean> =>
	await plainClient(context)
		.then(async (client) => await isRegistered(client, await wanted(context)))
		.catch(async (error: unknown) => {
			const starting = ['init', 'leadershipChange'].includes(context.getActivationMode());
			if (!starting || !(error instanceof MonsterApiError) || error.details.retryable !== true) {
				return await Promise.reject(toNodeError(context.getNode(), error));
			}
			warn(context, 'The webhook of the MonsterAPI Trigger could not be checked', error);
			return true;
		});

/** A node that no editor has saved yet may have no webhook id: then n8n 1 and n8n's import serve no such URL. */
const explained = (error: unknown, context: IHookFunctions): unknown =>
	error instanceof MonsterApiError &&
	error.details.status === 408 &&
	context.getNode().webhookId === undefined
		? error.with({
				advice:
					'The trigger has no webhook ID, so n8n may not serve its URL: open the workflow in the editor, add the trigger anew and save. (An imported file should give the node a webhookId.)',
			})
		: error;

/** Registers the trigger, or repairs a name that points elsewhere. */
export const create = async (context: IHookFunctions): Promise<boolean> =>
	await plainClient(context)
		.then(async (client) => {
			const registration = await wanted(context);
			if (isPrivateUrl(registration.url)) {
				context.logger.warn(
					'The webhook URL of the MonsterAPI Trigger is one that only this network can reach. MonsterAPI calls from the internet: set N8N_WEBHOOK_URL (in n8n 1 WEBHOOK_URL) to the public address of n8n.',
					{ host: new URL(registration.url).host, node: context.getNode().name },
				);
			}
			const replaced = await register(client, registration).catch(async (error: unknown) =>
				Promise.reject(explained(error, context)),
			);
			if (replaced !== undefined) {
				const host = URL.canParse(replaced) ? new URL(replaced).host : 'another place';
				context.logger.warn(
					`The webhook name “${registration.name}” pointed to ${host} and now points to this workflow`,
				);
			}
			return true;
		})
		.catch(async (error: unknown) => await Promise.reject(toNodeError(context.getNode(), error)));

/**
 * Takes the registration back. One that is gone already counts as taken back. n8n does not say whether a published
 * workflow ends or the editor's test listening: the address tells, so that neither takes the other's away.
 * @returns false when MonsterAPI could not be asked: that must not keep anybody from unpublishing
 */
export const remove = async (context: IHookFunctions): Promise<boolean> =>
	await plainClient(context)
		.then(async (client) => {
			await unregister(client, addressOf(context));
			return true;
		})
		.catch((error: unknown) => {
			warn(context, 'The webhook of the MonsterAPI Trigger could not be taken back', error);
			return false;
		});
