import type { INodeProperties } from 'n8n-workflow';

export const processIdField: INodeProperties = {
	displayName: 'Process ID',
	name: 'processId',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. {{ $json.process_id }}',
	description: 'The process_id that MonsterAPI gave when it accepted the job',
};
