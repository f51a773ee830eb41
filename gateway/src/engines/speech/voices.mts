import { noEffect, textInput } from '../parameters.mts';

/** How speakers become an engine's voices: part of the configuration of the speech drivers and of their models. */
export interface VoiceOptions {
	/** The voice for every speaker that `voices` does not name. */
	readonly voice?: string;
	/** A speaker (`en_speaker_6`) or a language (`en`) → voice. */
	readonly voices?: Readonly<Record<string, string>>;
}

const voiceText = { type: 'string', minLength: 1 } as const;

export const voiceProperties = {
	voice: { ...voiceText, description: 'For every speaker that `voices` does not name' },
	voices: {
		type: 'object',
		additionalProperties: voiceText,
		description: 'A speaker (en_speaker_6) or language (en) → voice',
	},
} as const;

export const languageOfSpeaker = (speaker: string): string => speaker.split('_')[0] ?? '';

/** @returns the voice of the job's speaker, and a note when the speaker had no influence on it */
export function voiceFor(
	inputs: Readonly<Record<string, unknown>>,
	{ voice, voices = {} }: VoiceOptions,
	fallback: string,
): { readonly voice: string; readonly notes: readonly string[] } {
	const speaker = textInput(inputs, 'speaker');
	const named = [speaker, languageOfSpeaker(speaker)]
		.filter((name) => Object.hasOwn(voices, name))
		.map((name) => voices[name])[0];
	if (named !== undefined) return { voice: named, notes: [] };
	const chosen = voice ?? fallback;
	return {
		voice: chosen,
		notes:
			speaker === ''
				? []
				: [noEffect('speaker', `the engine has no voice for ${speaker}, '${chosen}' speaks`)],
	};
}
