/** A model as a gateway names it. */
export interface ListedModel {
	readonly id: string;
	readonly family: string;
	readonly label: string;
}

export const listedModelsSchema = {
	type: 'array',
	nullable: true,
	items: {
		type: 'object',
		required: ['id', 'family', 'label'],
		additionalProperties: false,
		properties: {
			id: { type: 'string' },
			family: { type: 'string' },
			label: { type: 'string' },
		},
	},
} as const;
