import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { N8nApi } from '../test/support/n8n/api.cjs';
import type { Execution } from '../test/support/n8n/execution.cjs';
import type { WorkflowNode } from '../test/support/n8n/workflow.cjs';
import { tally, type Content } from '../emulator/content.cjs';
import { pattern } from '../emulator/result-file.cjs';
import type { Emulator } from '../emulator/server.cjs';

export interface Sample extends Content {
	path: string;
}

type NodeDraft = Pick<WorkflowNode, 'name' | 'type' | 'typeVersion' | 'parameters'>;

interface Outcome {
	execution: Execution;
	emulator: Emulator;
	sample: Sample;
	api: N8nApi;
}

/** One way that a large file takes through n8n. */
export interface Case {
	what: string;
	/** Whether this package's node is measured, and not one of n8n's own for comparison. */
	ours: boolean;
	/** Name of the node whose time counts. */
	measured: string;
	/**
	 * What runs after the trigger, one after the other.
	 * @param uploadUrl a fresh upload link, for a node that cannot ask for one
	 */
	nodes(sample: Sample, uploadUrl: string): NodeDraft[];
	/** Throws when the file did not arrive to the byte. */
	check(outcome: Outcome): Promise<void> | void;
}

const readFromDisk = (sample: Sample): NodeDraft => ({
	name: 'Read',
	type: 'n8n-nodes-base.readWriteFile',
	typeVersion: 1.1,
	parameters: { operation: 'read', fileSelector: sample.path, options: {} },
});

/** Lets what the reading node used settle before the next node starts. */
const pause: NodeDraft = {
	name: 'Pause',
	type: 'n8n-nodes-base.wait',
	typeVersion: 1.1,
	parameters: { resume: 'timeInterval', amount: 5, unit: 'seconds' },
};

const ours = (name: string, parameters: Record<string, unknown>): NodeDraft => ({
	name,
	type: 'n8n-nodes-monsterapi.monsterApi',
	typeVersion: 1,
	parameters: { ...parameters, options: {} },
});

const paint = (download: boolean) =>
	ours('Paint', {
		resource: 'model',
		operation: 'generateImage',
		model: 'sdxl-base',
		prompt: 'A lighthouse',
		parameters: { samples: 1 },
		download,
	});

function same(what: string, got: Partial<Content> | undefined, wanted: Content): void {
	if (got?.size === wanted.size && got.sha256 === wanted.sha256) return;
	throw new Error(
		`${what}: ${got?.size} bytes arrived, of ${wanted.size}, or others than were sent.`,
	);
}

const uploaded = ({ emulator, sample }: Outcome) =>
	same('Upload', [...emulator.state.uploads.values()].at(-1)?.stored, sample);

/** The size that n8n noted, and the bytes that it hands out. */
async function downloaded({ execution, sample, api }: Outcome, node: string): Promise<void> {
	const binary = execution.items(node)[0]?.binary?.['data'];
	if (!binary) throw new Error('Download: there is no binary.');
	const copy = `${sample.path}.copy`;
	await api.download(binary, copy);
	const got = await tally(createReadStream(copy));
	await rm(copy);
	const wanted = await tally(pattern(sample.size));
	same('Download', got, wanted);
	same('Download as noted by n8n', { ...wanted, size: binary.bytes ?? -1 }, wanted);
}

export const cases: readonly Case[] = [
	{
		what: 'n8n: Read Files from Disk',
		ours: false,
		measured: 'Read',
		nodes: (sample) => [readFromDisk(sample), pause],
		check: () => undefined,
	},
	{
		what: 'File > Upload',
		ours: true,
		measured: 'Upload',
		nodes: (sample) => [
			readFromDisk(sample),
			pause,
			ours('Upload', { resource: 'file', operation: 'upload', binaryPropertyName: 'data' }),
		],
		check: uploaded,
	},
	{
		what: 'n8n: HTTP Request, upload',
		ours: false,
		measured: 'Put',
		nodes: (sample, uploadUrl) => [
			readFromDisk(sample),
			pause,
			{
				name: 'Put',
				type: 'n8n-nodes-base.httpRequest',
				typeVersion: 4.2,
				parameters: {
					method: 'PUT',
					url: uploadUrl,
					sendBody: true,
					contentType: 'binaryData',
					inputDataFieldName: 'data',
					options: {},
				},
			},
		],
		check: uploaded,
	},
	{
		what: 'Model > Transcribe',
		ours: true,
		measured: 'Transcribe',
		nodes: (sample) => [
			readFromDisk(sample),
			pause,
			ours('Transcribe', {
				resource: 'model',
				operation: 'transcribe',
				model: 'whisper',
				fileSource: 'binary',
				binaryPropertyName: 'data',
			}),
		],
		check({ emulator, sample }) {
			same('Transcribe', [...emulator.state.jobs.values()].at(-1)?.file, sample);
		},
	},
	{
		what: 'n8n: HTTP Request, download',
		ours: false,
		measured: 'Fetch',
		nodes: () => [
			paint(false),
			{
				name: 'Fetch',
				type: 'n8n-nodes-base.httpRequest',
				typeVersion: 4.2,
				parameters: {
					url: '={{ $json.output[0] }}',
					options: { response: { response: { responseFormat: 'file' } } },
				},
			},
		],
		check: async (outcome) => await downloaded(outcome, 'Fetch'),
	},
	{
		what: 'Model > Generate Image, download',
		ours: true,
		measured: 'Paint',
		nodes: () => [paint(true)],
		check: async (outcome) => await downloaded(outcome, 'Paint'),
	},
];
