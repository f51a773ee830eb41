import type { IDataObject } from 'n8n-workflow';

import { mapTexts, type JsonRecord } from '../../../core/json';
import { hideToken } from '../../../core/webhook/token';
import { toJson } from '../../../host/item';

/** A webhook as the API describes it, without the token of a trigger's URL: with it anybody could call the trigger. */
export const toWebhookJson = (raw: JsonRecord): IDataObject => toJson(mapTexts(raw, hideToken));
