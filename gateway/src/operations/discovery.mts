import type { Family } from '../engines/engine.mts';
import { findProgram } from '../engines/programs/find-program.mts';
import { catalogue } from '../models/catalogue.mts';

type RawEngine = Readonly<Record<string, unknown>>;

/** A configuration as it could be in the file. */
export interface DiscoveredConfig {
	readonly engines: Record<string, RawEngine>;
	readonly models: Record<string, { engine: string; model?: string }>;
}

interface Finding {
	/** In the configuration; the driver's name when the program has no name of its own here. */
	readonly name?: string;
	readonly engine: RawEngine & { readonly driver: string };
	/** What it is used for, with the engine's own model where one has to be chosen. */
	readonly families: readonly { readonly family: Family; readonly model?: string }[];
}

const timeoutMs = 1_000;
/** Ollama; llama.cpp, LocalAI, whisper.cpp; vLLM, Speaches; LM Studio, sd-server; AUTOMATIC1111. */
const usualPorts = [11434, 8080, 8000, 1234, 7860];

/**
 * Looks for engines on the usual ports of this machine and for programs, for a start without a
 * configuration. Speech is always there: its voice is built in. `emulate`: what is left over is
 * answered by the emulated engine.
 */
export async function discover(emulate: boolean, host = '127.0.0.1'): Promise<DiscoveredConfig> {
	const found = await Promise.all(usualPorts.map((port) => probe(`http://${host}:${port}`)));
	const findings = [
		...found.flat(),
		...(await programs()),
		builtInVoice,
		...(emulate ? [emulated] : []),
	];
	const engines: Record<string, RawEngine> = {};
	const models: DiscoveredConfig['models'] = {};
	for (const { name: wanted, engine, families } of findings) {
		const name = freeName(wanted ?? engine.driver, engines);
		let used = false;
		for (const { family, model } of families) {
			for (const [id, documented] of Object.entries(catalogue)) {
				if (documented.family !== family || id in models) continue;
				// Only a command of the user's own can do these (docs/engines.md).
				if (id === 'photo-maker' && engine.driver !== 'emulated') continue;
				models[id] = { engine: name, ...(model === undefined ? {} : { model }) };
				used = true;
			}
		}
		if (used) engines[name] = engine;
	}
	return { engines, models };
}

async function probe(url: string): Promise<Finding[]> {
	const [ollama, openAi, sdapi, page] = await Promise.all([
		json(`${url}/api/tags`),
		json(`${url}/v1/models`),
		json(`${url}/sdapi/v1/sd-models`),
		text(url),
	]);
	const tags = names(ollama, 'models', 'name').filter(isTextModel);
	if (tags[0] !== undefined) {
		return [{ engine: { driver: 'ollama', url }, families: [{ family: 'text', model: tags[0] }] }];
	}
	if (names(openAi, 'data', 'id').includes('sd-cpp-local')) {
		return [{ engine: { driver: 'sdcpp', url }, families: imageFamilies }];
	}
	if (Array.isArray(sdapi)) return [{ engine: { driver: 'sdapi', url }, families: imageFamilies }];
	// It lists no models, and its health answers as llama.cpp's does.
	if (page?.includes('Whisper.cpp Server')) {
		const engine = { driver: 'openai-transcriptions', url, dialect: 'whispercpp' };
		return [{ engine, families: [{ family: 'transcription' }] }];
	}
	return openAiFindings(`${url}/v1`, openAi);
}

/** What a server with OpenAI's list of models is used for: one model for each family. */
function openAiFindings(url: string, listed: unknown): Finding[] {
	const ids = names(listed, 'data', 'id');
	// Of all servers, only Speaches says what its models are for.
	const speaches = names(listed, 'data', 'task').length > 0 ? { dialect: 'speaches' } : {};
	const found: [family: Family, driver: string, options: object, model: string | undefined][] = [
		['text', 'openai-chat', textDialect(listed), ids.find(isTextModel)],
		[
			'transcription',
			'openai-transcriptions',
			speaches,
			ids.find((id) => /whisper|parakeet|transcri/i.test(id)),
		],
		['speech', 'openai-speech', speaches, ids.find((id) => /kokoro|piper|tts|bark/i.test(id))],
	];
	return found.flatMap(([family, driver, options, model]) =>
		model === undefined
			? []
			: [{ engine: { driver, url, ...options }, families: [{ family, model }] }],
	);
}

/** Which server it is, by the owner that it gives its models: decides which parameters it is sent. */
function textDialect(listed: unknown): { dialect?: string } {
	const dialects: Readonly<Record<string, string>> = {
		vllm: 'vllm',
		llamacpp: 'llamacpp',
		organization_owner: 'lmstudio',
	};
	const [dialect] = names(listed, 'data', 'owned_by')
		.filter((owner) => Object.hasOwn(dialects, owner))
		.map((owner) => dialects[owner]);
	return dialect === undefined ? {} : { dialect };
}

const imageFamilies = [{ family: 'image' }, { family: 'image-edit' }] as const;
const builtInVoice: Finding = {
	engine: { driver: 'flite', voice: 'rms' },
	families: [{ family: 'speech' }],
};
const emulated: Finding = {
	engine: { driver: 'emulated' },
	families: (['text', 'image', 'image-edit', 'transcription', 'speech'] as const).map((family) => ({
		family,
	})),
};

/** Debian's recogniser: English only, but real, and it needs no model of its own. */
async function programs(): Promise<Finding[]> {
	if ((await findProgram('pocketsphinx_continuous')) === undefined) return [];
	const run = [
		'pocketsphinx_continuous',
		'-time',
		'yes',
		'-infile',
		'{file.wav16k}',
		'-logfn',
		'/dev/null',
	];
	const words = '^(?<word>\\S+) (?<start>[\\d.]+) (?<end>[\\d.]+) [\\d.]+$';
	return [
		{
			name: 'pocketsphinx',
			engine: { driver: 'command', run, text: 'stdout', words, deadline: '10m' },
			families: [{ family: 'transcription' }],
		},
	];
}

function isTextModel(id: string): boolean {
	return !/embed|whisper|parakeet|transcri|tts|kokoro|piper|bark|rerank|stable-?diffusion|flux|sdxl/i.test(
		id,
	);
}

/** Undefined when nobody answers, or not with JSON. */
async function json(url: string): Promise<unknown> {
	try {
		return JSON.parse((await text(url)) ?? '');
	} catch {
		return undefined;
	}
}

/** Undefined when nobody answers. */
async function text(url: string): Promise<string | undefined> {
	try {
		const response = await fetch(url, {
			signal: AbortSignal.timeout(timeoutMs),
			redirect: 'error',
		});
		return response.ok ? await response.text() : undefined;
	} catch {
		return undefined;
	}
}

/** `[list][].[key]` of an answer, where it has that form. */
function names(answer: unknown, list: string, key: string): string[] {
	const items = property(answer, list);
	if (!Array.isArray(items)) return [];
	return items.map((item) => property(item, key)).filter((name) => typeof name === 'string');
}

function property(value: unknown, key: string): unknown {
	if (typeof value !== 'object' || value === null) return undefined;
	return Object.getOwnPropertyDescriptor(value, key)?.value;
}

function freeName(wanted: string, taken: Readonly<Record<string, unknown>>): string {
	if (!Object.hasOwn(taken, wanted)) return wanted;
	for (let number = 2; ; number += 1) {
		if (!Object.hasOwn(taken, `${wanted}-${number}`)) return `${wanted}-${number}`;
	}
}
