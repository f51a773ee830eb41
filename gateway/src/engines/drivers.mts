import { command } from './command.mts';
import type { Driver } from './driver.mts';
import { emulated } from './emulated.mts';
import { flite } from './flite.mts';
import { ollama } from './ollama.mts';
import { openAiChat } from './openai-chat.mts';
import { openAiCompletions } from './openai-completions.mts';
import { openAiImages } from './openai-images.mts';
import { openAiSpeech } from './openai-speech.mts';
import { openAiTranscriptions } from './openai-transcriptions.mts';
import { sdapi } from './sdapi.mts';
import { sdcpp } from './sdcpp.mts';

/** Every driver by its name in the configuration. */
export const drivers = {
	'openai-chat': openAiChat,
	'openai-completions': openAiCompletions,
	ollama,
	'openai-images': openAiImages,
	sdapi,
	sdcpp,
	'openai-transcriptions': openAiTranscriptions,
	'openai-speech': openAiSpeech,
	command,
	flite,
	emulated,
} as const satisfies Readonly<Record<string, Driver>>;

export type DriverName = keyof typeof drivers;

export const isDriverName = (name: string): name is DriverName => Object.hasOwn(drivers, name);
