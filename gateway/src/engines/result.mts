import type { EngineJob, EngineResult } from './engine.mts';
import { shapeTranscript } from './transcripts/transcript-result.mts';

/**
 * A finished job's `result` as MonsterAPI gives it: `{text}`, `{output: [url, …]}` or a transcript in the form that was
 * asked for; with `notes` when something could not be honoured.
 * @param urls where the files of the engine's output can be downloaded, in their order
 */
export function toResult(
	job: EngineJob,
	{ output, notes }: EngineResult,
	urls: readonly string[],
): Record<string, unknown> {
	switch (output.kind) {
		case 'text':
			return withNotes({ text: output.text }, notes);
		case 'files':
			return withNotes({ output: urls }, notes);
		case 'transcript': {
			const shaped = shapeTranscript(job.inputs, output.transcript);
			return withNotes(shaped.result, [...notes, ...shaped.notes]);
		}
	}
}

const withNotes = (
	result: Readonly<Record<string, unknown>>,
	notes: readonly string[],
): Record<string, unknown> =>
	notes.length === 0 ? { ...result } : { ...result, notes: [...new Set(notes)] };
