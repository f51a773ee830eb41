import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { ExecutionItem } from '../../test/support/n8n/execution.cjs';
import type { Outcome, SavedFile } from './outcome.cjs';

function onlyItem(outcome: Outcome): ExecutionItem {
	const [item, ...more] = outcome.items;
	assert(
		item !== undefined && more.length === 0,
		`one item expected, ${outcome.items.length} came`,
	);
	return item;
}

function textOf(item: ExecutionItem): string {
	const { text } = item.json;
	assert(typeof text === 'string' && text.trim() !== '', 'the field "text" is empty');
	return text;
}

const excerpt = (text: string, length = 68) => {
	const line = text.replace(/\s+/g, ' ').trim();
	return line.length > length ? `"${line.slice(0, length - 1)}…"` : `"${line}"`;
};

const size = (bytes: number) =>
	bytes < 10_000 ? `${bytes} bytes` : `${Math.round(bytes / 1024).toLocaleString('en')} kB`;

const list = (files: SavedFile[]) =>
	files.map(({ name, bytes }) => `${name} (${size(bytes)})`).join(', ');

const PNG_START = Buffer.from('89504e470d0a1a0a', 'hex');
const PNG_END = Buffer.from('49454e44ae426082', 'hex');
const JPEG_START = Buffer.from('ffd8ff', 'hex');

/** A complete PNG: a truncated one lacks the closing chunk. */
function isPng(content: Buffer): boolean {
	return content.subarray(0, 8).equals(PNG_START) && content.subarray(-8).equals(PNG_END);
}

function checkImage(file: SavedFile, emulated: boolean): void {
	const content = readFileSync(file.path);
	const webp = content.toString('latin1', 8, 12) === 'WEBP';
	// Engines choose their format themselves.
	const good = isPng(content) || (!emulated && (webp || content.subarray(0, 3).equals(JPEG_START)));
	assert(good, `${file.name} (${file.mimeType}, ${file.bytes} bytes) is not a complete image`);
}

function checkWav(file: SavedFile, emulated: boolean): void {
	const content = readFileSync(file.path);
	const tag = content.toString('latin1', 0, 4) + content.toString('latin1', 8, 12);
	assert(tag === 'RIFFWAVE', `${file.name} (${file.mimeType}) does not start like a WAV file`);
	assert(content.length > 44, `${file.name} holds no sound`);
	// Programs that stream speech leave the length open.
	const whole = content.readUInt32LE(4) === content.length - 8;
	const open = !emulated && content.readUInt32LE(4) >= 0x7fffffff;
	assert(whole || open, `${file.name} is shorter or longer than its header says`);
}

/** Made-up texts say so; a real transcript of real speech has its words. */
function checkTranscript(text: string, { facts, spoken }: Outcome): void {
	if (facts.emulated) {
		assert(/emulated/i.test(text), `the made-up transcript does not say so: ${excerpt(text)}`);
		return;
	}
	if (spoken === undefined) return;
	const heard = wordsOf(text);
	const said = wordsOf(spoken);
	const missing = said.filter((word) => !heard.includes(word));
	// Each engine mishears a word now and then.
	const enough = missing.length <= said.length / 4 && heard.length <= said.length * 1.5;
	assert(enough, `${excerpt(spoken)} was spoken, ${excerpt(text)} was heard`);
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[a-z']+/g) ?? [];

function transcript(outcome: Outcome): string {
	const text = textOf(onlyItem(outcome));
	checkTranscript(text, outcome);
	const of = outcome.spoken === undefined ? '' : `${excerpt(outcome.spoken)} was heard as `;
	return `${of}${excerpt(text)}`;
}

function batch({ items, facts, execution }: Outcome): string {
	const prompts = execution.items('25 prompts').map(({ json }) => String(json.prompt));
	assert(prompts.length === 25, `25 prompts expected, ${prompts.length} were made`);
	assert(items.length === 25, `25 items expected, ${items.length} came`);
	const failed = items.flatMap((item, index) => (item.json.error === undefined ? [] : [index]));
	const empty = prompts.indexOf('');
	const surprise = failed.find((index) => index !== empty);
	const reason = JSON.stringify(items[surprise ?? 0]?.json.error);
	assert(surprise === undefined, `item ${surprise} failed with ${reason}`);
	const error = items[empty]?.json.error;
	assert(error === 'The prompt is empty', `item ${empty} gave ${JSON.stringify(error)}`);
	items.forEach((item, index) => {
		const from = item.pairedItem as { item?: number } | number | undefined;
		const source = typeof from === 'object' ? from.item : from;
		assert(source === index, `item ${index} is paired with item ${source}`);
		if (failed.includes(index)) return;
		const text = textOf(item);
		// Made-up texts repeat their prompt, which shows a mix-up.
		const inPlace = !facts.emulated || text.includes(`number ${index + 1}.`);
		assert(inPlace, `item ${index} holds the text of another prompt: ${excerpt(text)}`);
	});
	return `${items.length - failed.length} texts and 1 error, in order`;
}

function submitThenWait(outcome: Outcome): string {
	const [accepted] = outcome.execution.items('Submit');
	assert(typeof accepted?.json.process_id === 'string', '"Submit" gave no process id');
	assert(accepted.json.text === undefined, '"Submit" waited although waiting is off');
	const item = onlyItem(outcome);
	const matches = item.json.process_id === accepted.json.process_id;
	assert(matches, 'the result belongs to another process id');
	return excerpt(textOf(item));
}

function sound({ files, facts }: Outcome): string {
	const [file, ...more] = files;
	assert(file !== undefined && more.length === 0, `1 file expected, ${files.length} came`);
	checkWav(file, facts.emulated);
	return list(files);
}

function nightlyDeployment({ items, execution }: Outcome): string {
	const { written, failed, terminated } = items[0]?.json ?? {};
	assert(terminated === true, 'the model was not terminated');
	assert(written === 7, `7 texts expected, ${String(written)} were written`);
	const reasons = JSON.stringify(failed);
	assert(reasons === '["The prompt is empty"]', `unexpected failures: ${reasons}`);
	const [started] = execution.items('Start the model');
	assert(started?.json.status === 'live', 'the model was not live');
	return `${String(written)} texts, 1 error, the model terminated`;
}

/** Checks the outcome of each example and sums it up in one line. Throws what is wrong. */
export const expectations: Readonly<Record<string, (outcome: Outcome) => string>> = {
	'write-text': (outcome) => excerpt(textOf(onlyItem(outcome))),
	'paint-image': (outcome) => {
		onlyItem(outcome);
		assert(outcome.files.length === 2, `2 images expected, ${outcome.files.length} came`);
		outcome.files.forEach((file) => checkImage(file, outcome.facts.emulated));
		return list(outcome.files);
	},
	'edit-image': (outcome) => {
		onlyItem(outcome);
		const [image, ...more] = outcome.files;
		assert(
			image !== undefined && more.length === 0,
			`1 image expected, ${outcome.files.length} came`,
		);
		checkImage(image, outcome.facts.emulated);
		return list(outcome.files);
	},
	'transcribe-file': transcript,
	'transcribe-large-file': (outcome) => {
		const [recording] = outcome.execution.items('Make a long recording');
		const bytes = Number(recording?.json.bytes);
		assert(bytes > 8 * 1024 * 1024, `the recording has only ${bytes} bytes`);
		return `${size(bytes)} → ${transcript(outcome)}`;
	},
	speak: (outcome) => {
		onlyItem(outcome);
		return sound(outcome);
	},
	'clone-voice': (outcome) => {
		onlyItem(outcome);
		return sound(outcome);
	},
	'transcription-receive': (outcome) => {
		const { items, execution } = outcome;
		const { transcript: text, process_id } = items[0]?.json ?? {};
		assert(items.length === 1 && typeof text === 'string', 'no transcript came');
		assert(typeof process_id === 'string', 'the process id is not passed on');
		assert(execution.items('Message').length === 0, 'the branch for failures ran as well');
		checkTranscript(text, outcome);
		return `${excerpt(text)}, 1 execution`;
	},
	'hand-over-and-receive': (outcome) => {
		const { summary, status } = onlyItem(outcome).json;
		assert(status === 'COMPLETED' && typeof summary === 'string', 'the result has no summary');
		return `${sound(outcome)}, 1 execution`;
	},
	batch,
	'nightly-deployment': nightlyDeployment,
	'submit-then-wait': submitThenWait,
};

/** Examples that the demo imports but cannot run by a click, and why: `npm run test:e2e -- examples` runs them. */
export const notByClick: Readonly<Record<string, string>> = {
	'agent-with-tools': 'It needs a language model.',
	'form-to-subtitles': 'It is started by its form.',
	'long-job': 'It waits for ten minutes.',
	'nightly-images': 'It needs a data table.',
	'voice-notes': 'It needs a Telegram bot.',
};
