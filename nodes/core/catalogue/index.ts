import { speechModels, transcriptionModels } from './audio';
import { imageEditModels, imageModels } from './images';
import { textModels } from './text';
import type { Family, Model } from './types';

/** Every model that the node knows, by family. Adding a model is adding one entry to its family's file. */
export const modelsByFamily: Readonly<Record<Family, readonly Model[]>> = {
	text: textModels,
	image: imageModels,
	imageEdit: imageEditModels,
	transcription: transcriptionModels,
	speech: speechModels,
};

export const models: readonly Model[] = Object.values(modelsByFamily).flat();

const byId = new Map(models.map((model) => [model.id, model]));

/** The catalogue's entry for a model id (exact case), or undefined: `run` takes ids that the catalogue lacks. */
export const findModel = (id: string): Model | undefined => byId.get(id);

export type * from './types';
