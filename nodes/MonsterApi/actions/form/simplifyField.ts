import type { INodeProperties } from 'n8n-workflow';

/** Whether the API's answer goes out as it came. */
export const simplifyField: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
};
