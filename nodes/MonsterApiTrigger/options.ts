import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';

import { validationError } from '../core/http/errors';
import { finalStatuses, nonFinalStatuses } from '../core/webhook/callback';
import type { VerifyOptions } from '../core/webhook/verifyCallback';
import {
	parametersOf,
	readFlag,
	readName,
	readNumber,
	readTexts,
	type Parameters,
} from '../MonsterApi/actions/form/parameters';
import { defaultMaxFileSize, toMaxBytes, type OutputOptions } from '../output/jobItem';

const parametersFor = (context: IHookFunctions | IWebhookFunctions): Parameters =>
	parametersOf((name, options) => context.getNodeParameter(name, null, options));

/**
 * The trigger's form, for its activation or one callback.
 * @throws MonsterApiError when an expression returns something else than the field takes
 */
export function readOptions(
	context: IHookFunctions | IWebhookFunctions,
): VerifyOptions & OutputOptions {
	const parameters = parametersFor(context);
	const options = parameters.collection('options', 'Options');
	const verify = readFlag(options['verify'], 'Verify', true);
	return {
		statuses: readStatuses(parameters),
		models: readTexts(options['models'], 'Models'),
		verify,
		ignoreDuplicates: readFlag(options['ignoreDuplicates'], 'Ignore Duplicates', true),
		simplify: parameters.flag('simplify', 'Simplify', true),
		// The URLs in an unverified callback may be forged.
		download: parameters.flag('download', 'Download', true) && verify,
		binaryField: readName(options['outputBinaryField'], 'Put Output Files in Field', 'data'),
		maxFileBytes: toMaxBytes(
			readNumber(options['maxFileSize'], 'Max File Size (MB)', defaultMaxFileSize, 0),
		),
		itemPerFile: readFlag(options['itemPerFile'], 'One Item per File', false),
	};
}

/** The user's own name for the webhook; empty for the default name. @throws MonsterApiError */
export const readCustomName = (context: IHookFunctions): string =>
	parametersFor(context).optionalText('webhookName', 'Webhook Name').trim();

/** With other statuses the workflow would never start. */
function readStatuses(parameters: Parameters): string[] {
	const texts = parameters.texts('statuses', 'Statuses');
	const statuses = texts.map((status) => status.trim().toUpperCase());
	if (statuses.length > 0 && statuses.every((status) => knownStatuses.includes(status))) {
		return statuses;
	}
	throw validationError(
		`'Statuses' must be one or more of ${knownStatuses.join(', ')}`,
		'Choose them in the trigger, or check the expression.',
	);
}

const knownStatuses: readonly string[] = [...finalStatuses, ...nonFinalStatuses];
