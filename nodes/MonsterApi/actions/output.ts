import type { IDataObject } from 'n8n-workflow';

/** What n8n can pass on as JSON. Everything here comes from parsed JSON or from plain literals. */
export const toJson = (record: object): IDataObject => ({ ...record });
