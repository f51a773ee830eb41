import type { IDataObject } from 'n8n-workflow';

import type { JsonRecord } from '../../../core/json';
import { hideToken } from '../../../core/webhook/token';
import { toJson } from '../../../host/item';

/** A webhook as the API describes it, without the token of a trigger's URL: with it anybody could call the trigger. */
export const toWebhookJson = (raw: JsonRecord): IDataObject =>
	toJson(
		Object.fromEntries(
			Object.entries(raw).map(([key, value]) => [
				key,
				typeof value === 'string' ? hideToken(value) : value,
			]),
		),
	);
