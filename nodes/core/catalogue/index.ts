import { speechModels, transcriptionModels } from './audio';
import { imageEditModels, imageModels } from './images';
import { textModels } from './text';
import type { Family, Model } from './types';

/** Every known model by family. To add a model, add an entry to its family's file. */
export const modelsByFamily: Readonly<Record<Family, readonly Model[]>> = {
	text: textModels,
	image: imageModels,
	imageEdit: imageEditModels,
	transcription: transcriptionModels,
	speech: speechModels,
};

export const models: readonly Model[] = Object.values(modelsByFamily).flat();

const byId = new Map(models.map((model) => [model.id, model]));

/** The model with an ID (case-sensitive); undefined if it is unknown, which AI Model > Run allows. */
export const findModel = (id: string): Model | undefined => byId.get(id);

export type * from './types';
