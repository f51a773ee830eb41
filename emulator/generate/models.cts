import { operations, type Schema } from '../../contract/document.cjs';

/** What a model makes. */
export type Family = 'text' | 'image' | 'imageEdit' | 'transcription' | 'speech';

export interface Model {
	readonly id: string;
	readonly family: Family;
	/** Of the request body, JSON and multipart alike. */
	readonly schema: Schema;
}

/** Families by the tags of the contract. A model with another tag is not emulated. */
const families: Readonly<Record<string, Family>> = {
	Text: 'text',
	Image: 'image',
	'Image to Image': 'imageEdit',
	'Speech to Text': 'transcription',
	'Text to Speech': 'speech',
};

/** The models of the contract by id, the last segment of their path. */
export const models: ReadonlyMap<string, Model> = new Map(
	operations.flatMap(({ path, tags = [], requestBody }) => {
		const id = /^\/generate\/([^/{]+)$/.exec(path)?.[1];
		const family = families[tags[0] ?? ''];
		const schema = requestBody?.content?.['application/json']?.schema;
		if (id === undefined || family === undefined || schema === undefined) return [];
		return [[id, { id, family, schema }]];
	}),
);
