import type { IDataObject } from 'n8n-workflow';

import { redactUrlTokens } from '../../core/http/redaction';
import type { JsonRecord } from '../../core/json';
import { toJson } from './jobItem';

/** A webhook as the API describes it, without the token of a trigger's URL: with it anybody could call the trigger. */
export const toWebhookJson = (raw: JsonRecord): IDataObject => toJson(redactUrlTokens(raw));
