import type { IHookFunctions } from 'n8n-workflow';

import { requireWebhookName } from '../core/api/ids';
import { MonsterApiError } from '../core/http/errors';
import { isPrivateUrl } from '../core/http/addressPolicy';
import { quoteRedacted } from '../core/http/redaction';
import {
	isRegistered,
	register,
	unregister,
	type Registration,
} from '../core/webhook/registration';
import { webhookToken } from '../core/webhook/token';
import { readCredential } from '../host/credential';
import { toActivationError, toNodeError } from '../host/errors';
import { plainClient } from '../host/n8nHost';
import { identityOf, type Identity } from './identity';
import { readCustomName, readOptions } from './options';

function readIdentity(context: IHookFunctions, test: boolean): Identity {
	const text = readCustomName(context);
	const name = text === '' ? '' : requireWebhookName(text);
	return identityOf(context.getNode(), context.getWorkflow().id, name, test);
}

const webhookUrlOf = (context: IHookFunctions) => context.getNodeWebhookUrl('default') ?? '';

/** The registration that this trigger needs. It can be derived again at any time, so nothing is stored. */
async function registrationFor(context: IHookFunctions): Promise<Registration> {
	const { apiKey } = await readCredential(context);
	const { name, scope } = readIdentity(context, context.getActivationMode() === 'manual');
	const url = new URL(webhookUrlOf(context));
	url.searchParams.set('token', webhookToken(apiKey, scope));
	return { name, url: url.href };
}

const warn = (context: IHookFunctions, message: string, error: unknown): void => {
	const shown = toNodeError(context.getNode(), error);
	context.logger.warn(`${message}: ${shown.message}. ${shown.description ?? ''}`.trim());
};

/**
 * Whether MonsterAPI has exactly this registration. If n8n starts while MonsterAPI is unavailable, the earlier registration
 * is assumed to exist, since a failed activation would deactivate the whole workflow.
 */
export const checkExists = async (context: IHookFunctions): Promise<boolean> =>
	await plainClient(context)
		.then(async (client) => await isRegistered(client, await registrationFor(context)))
		.catch(async (error: unknown) => {
			const starting = ['init', 'leadershipChange'].includes(context.getActivationMode());
			if (!starting || !(error instanceof MonsterApiError) || error.details.retryable !== true) {
				return await Promise.reject(toActivationError(context.getNode(), error));
			}
			warn(context, 'The webhook of the MonsterAPI Trigger could not be checked', error);
			return true;
		});

/** A node that was never saved in the editor may have no webhook ID: then n8n 1 and n8n's import do not serve its URL. */
const withWebhookIdAdvice = (error: unknown, context: IHookFunctions): unknown =>
	error instanceof MonsterApiError &&
	error.details.status === 408 &&
	context.getNode().webhookId === undefined
		? error.with({
				advice:
					'The trigger has no webhook ID, so n8n may not serve its URL: open the workflow in the editor, add the trigger again and save. (In an imported file the node needs a webhookId.)',
			})
		: error;

/** Registers the trigger. A name that points elsewhere is redirected to it. */
export const create = async (context: IHookFunctions): Promise<boolean> =>
	await plainClient(context)
		.then(async (client) => {
			// Here the user sees what is wrong with the form; a callback would only be lost.
			readOptions(context);
			const registration = await registrationFor(context);
			if (isPrivateUrl(registration.url)) {
				context.logger.warn(
					'The webhook URL of the MonsterAPI Trigger can be reached only from this network. MonsterAPI calls from the internet: set N8N_WEBHOOK_URL (in n8n 1 WEBHOOK_URL) to the public address of n8n.',
					{ host: new URL(registration.url).host, node: context.getNode().name },
				);
			}
			const replaced = await register(client, registration).catch(async (error: unknown) =>
				Promise.reject(withWebhookIdAdvice(error, context)),
			);
			if (replaced !== undefined) {
				const host = URL.canParse(replaced)
					? quoteRedacted(new URL(replaced).host, client.secrets)
					: 'another URL';
				context.logger.warn(
					`The webhook name '${registration.name}' pointed to ${host} and now points to this workflow`,
				);
			}
			return true;
		})
		.catch(
			async (error: unknown) => await Promise.reject(toActivationError(context.getNode(), error)),
		);

/**
 * Deletes the registration and what the trigger has stored. Succeeds if it no longer exists. n8n does not say whether a workflow is unpublished or the editor
 * stops listening for a test event: the URL tells, so that neither deletes the other's registration.
 * @returns false if MonsterAPI could not be reached, which must not prevent unpublishing
 */
export async function remove(context: IHookFunctions): Promise<boolean> {
	delete context.getWorkflowStaticData('node')['deliveries'];
	return await plainClient(context)
		.then(async (client) => {
			await unregister(client, webhookUrlOf(context));
			return true;
		})
		.catch((error: unknown) => {
			warn(context, 'The webhook of the MonsterAPI Trigger could not be deleted', error);
			return false;
		});
}
