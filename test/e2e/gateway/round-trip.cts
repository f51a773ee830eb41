import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';

import type { Execution } from '../../support/n8n/execution.cjs';
import { executionsOf, triggeredExecutions } from '../../support/n8n/history.cjs';
import type { WorkflowFile, WorkflowNode } from '../../support/n8n/workflow.cjs';
import { expectEqual, type Checks } from '../checks.cjs';
import { readJob } from '../job-status.cjs';
import type { SingleInstance } from '../single-instance.cjs';
import { link, node, TRIGGER, triggerWorkflow } from '../workflows.cjs';
import { parseSubtitles, type Cue } from './subtitles.cjs';

const sentence = 'please turn on the light in the kitchen';
const MONSTER = 'n8n-nodes-monsterapi.monsterApi';

/** Start → Speak → Transcribe, the recording as a file of the item. */
function roundTrip(
	instance: SingleInstance,
	{ transcribe = {}, ...more }: { transcribe?: object; [field: string]: unknown } = {},
): WorkflowFile {
	const speak = { resource: 'model', operation: 'generateSpeech', model: 'sunoai-bark' };
	const hear = { resource: 'model', operation: 'transcribe', model: 'whisper' };
	return chain([
		node(instance, 'Start', 'n8n-nodes-base.manualTrigger', {}),
		node(instance, 'Speak', MONSTER, { ...speak, prompt: sentence, parameters: {}, options: {} }),
		node(instance, 'Transcribe', MONSTER, {
			...{ ...hear, fileSource: 'binary', binaryPropertyName: 'data' },
			...{ parameters: transcribe, options: {}, ...more },
		}),
	]);
}

/** A workflow of nodes, one after the other. */
export const chain = (nodes: WorkflowNode[]): WorkflowFile => ({
	name: 'On the gateway',
	nodes,
	connections: Object.fromEntries(
		nodes.slice(1).map(({ name }, index) => [nodes[index]?.name ?? '', link(name)]),
	),
	settings: { executionOrder: 'v1' },
});

/** Text → speech → text, with no stand-in between n8n and the programs that speak and listen. */
export async function checkRoundTrip(instance: SingleInstance, { check }: Checks): Promise<void> {
	const { api } = instance;
	const run = async (workflow: WorkflowFile) => {
		const execution = await api.runToEnd(await api.createWorkflow(workflow));
		execution.requireSuccess();
		return execution;
	};
	const transcript = (execution: Execution) => execution.items('Transcribe')[0]?.json;

	await check('a sentence is spoken, and the same words are heard (polling)', async () => {
		const execution = await run(roundTrip(instance));
		expectEqual('text', transcript(execution)?.text, sentence);
		const seconds = await recordingSeconds(instance, execution);
		// Neither job says that it was emulated.
		for (const name of ['Speak', 'Transcribe']) {
			const { process_id: id } = execution.items(name)[0]?.json ?? {};
			const { result } = await readJob(instance.emulator, String(id));
			expectEqual(`notes of "${name}"`, result?.notes, undefined);
		}
		return `${seconds.toFixed(2)} s of speech`;
	});

	await check('the same by a callback, which starts one execution', async () => {
		const receiver = await api.createWorkflow(
			triggerWorkflow(instance, { webhookName: 'heard', statuses: ['COMPLETED', 'FAILED'] }),
		);
		await api.publish(receiver);
		const handOver = { waitForCompletion: false, options: { webhookName: byName('heard') } };
		const accepted = transcript(await run(roundTrip(instance, handOver)));
		assert(accepted?.text === undefined, 'the node waited although it was not to');
		const [started] = await triggeredExecutions(api, receiver.id, 1);
		const execution = await api.execution(started?.id ?? '');
		execution.requireSuccess();
		const [item] = execution.items(TRIGGER);
		expectEqual('text', item?.json.text, sentence);
		expectEqual('job', item?.json.process_id, accepted?.process_id);
		await api.unpublish(receiver);
		expectEqual('executions', (await executionsOf(api, receiver.id)).length, 1);
	});

	await check('word times are in order and within the recording', async () => {
		const execution = await run(
			roundTrip(instance, { transcribe: { transcription_format: 'word' } }),
		);
		const segments = transcript(execution)?.segments;
		assert(Array.isArray(segments), 'there are no segments');
		const words = segments as Cue[];
		expectEqual(
			'words',
			words.map(({ text }) => text),
			sentence.split(' '),
		);
		expectTimes(words, await recordingSeconds(instance, execution));
	});

	for (const model of ['whisper', 'speech2text-v2']) {
		await check(`subtitles of ${model} are in order and within the recording`, async () => {
			const execution = await run(
				roundTrip(instance, { model, transcribe: { transcription_format: 'srt' } }),
			);
			const cues = parseSubtitles(String(transcript(execution)?.text));
			expectEqual('text', cues.map(({ text }) => text).join(' '), sentence);
			expectTimes(cues, await recordingSeconds(instance, execution));
		});
	}
}

/** A webhook's locator. */
const byName = (value: string) => ({ __rl: true, mode: 'name', value });

/** Rounding may let two words touch. */
const toleranceSeconds = 0.02;

/** Throws unless there are some, each has a length, none begins before the last has ended, and all lie in the recording. */
function expectTimes(cues: readonly Cue[], seconds: number): void {
	assert(cues.length > 0, 'there are none');
	for (const [index, { start, end }] of cues.entries()) {
		const earliest = (cues[index - 1]?.end ?? 0) - toleranceSeconds;
		assert(start >= earliest, `number ${index} begins at ${start} s, before ${earliest} s`);
		assert(end > start, `number ${index} ends at ${end} s, but begins at ${start} s`);
		assert(end <= seconds + 0.1, `number ${index} ends at ${end} s of ${seconds} s`);
	}
}

/** The length of the speech, from its file's header. Throws when it is no WAV. */
async function recordingSeconds({ api }: SingleInstance, execution: Execution): Promise<number> {
	const file = execution.items('Speak')[0]?.binary?.data;
	assert(file !== undefined, 'there is no recording');
	expectEqual('type', file.mimeType, 'audio/wav');
	const wav = await buffer(await api.openFile(file));
	expectEqual('header', wav.toString('latin1', 0, 4) + wav.toString('latin1', 8, 12), 'RIFFWAVE');
	const bytes = wav.length - (wav.indexOf('data') + 8);
	return bytes / wav.readUInt32LE(28);
}
