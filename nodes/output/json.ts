import type { IDataObject } from 'n8n-workflow';

import { omitSecrets, redactUrlTokens } from '../core/http/redaction';
import type { JsonRecord } from '../core/json';

/** A record as n8n's JSON type. Its values come from parsed JSON or from literals. */
export const toJson = (record: object): IDataObject => ({ ...record });

/** The JSON of a deployment. An agent gets no token, since a language model reads what it gets. */
export const toDeploymentJson = (record: JsonRecord, calledByAgent: boolean): IDataObject =>
	toJson(calledByAgent ? omitSecrets(record, []) : record);

/** The JSON of a webhook, without the token in a trigger's URL: anybody who has it can call the trigger. */
export const toWebhookJson = (record: JsonRecord): IDataObject => toJson(redactUrlTokens(record));
