import assert from 'node:assert/strict';
import type { Job } from '../../../emulator/generate/job.cjs';
import { expectEqual } from '../checks.cjs';
import { endlessModel } from '../instance.cjs';
import { readJob } from '../job-status.cjs';
import { byField, madeBy, receivedFile, type FileFacts } from './file-facts.cjs';
import { expectJobs } from './results.cjs';
import type { Run } from './run.cjs';
import type { SavedWorkflow } from './saved-workflow.cjs';
import { namesAskedFor, uploadedFile } from './uploads.cjs';

/** The expected inputs of each node's jobs, without their files. */
const given: Readonly<Record<string, ReadonlyArray<readonly [string, object]>>> = {
	Write: [
		[
			'llama2-7b-chat',
			{
				...{ prompt: 'Tell Alpha', system_prompt: 'Be brief', max_length: 64, temp: 0.25 },
				// Extra Body wins over the field.
				...{ top_k: 11, top_p: 0.5, beam_size: 2, repetition_penalty: 1.5 },
			},
		],
		[endlessModel, { prompt: 'Tell Beta', max_length: 32, temp: 0.5 }],
		['llama2-7b-chat', { prompt: 'Tell Gamma' }],
	],
	Paint: [
		[
			'sdxl-base',
			{
				...{ prompt: 'A hill', aspect_ratio: 'landscape', enhance: true, guidance_scale: 6.5 },
				...{ negprompt: 'fog', optimize: true, safe_filter: false, samples: 2, seed: 7 },
				...{ steps: 31, style: 'anime' },
			},
		],
		// This model has no "enhance", and an empty style is none.
		['txt2img', { prompt: 'A boat', guidance_scale: 12, safe_filter: true, seed: 99 }],
		['sdxl-base', { prompt: 'A wood', samples: 3 }],
	],
	Edit: [
		[
			'img2img',
			{
				...{ prompt: 'in winter', guidance_scale: 8, negprompt: 'snow', seed: 3, steps: 40 },
				strength: 0.25,
			},
		],
		[
			'pix2pix',
			{
				...{ prompt: 'at night', guidance_scale: 9, image_guidance_scale: 2.5 },
				...{ negprompt: 'stars', steps: 50 },
			},
		],
		[
			'photo-maker',
			{
				...{ prompt: 'with a face', optimize: true, safe_filter: false, samples: 2 },
				...{ strength: 20, style: 'watercolor' },
			},
		],
	],
	Speak: [
		[
			'sunoai-bark',
			{
				...{ prompt: 'Hello', sample_rate: 22050 },
				...{ speaker: 'de_speaker_3', text_temp: 0.25, wave_temp: 0.75 },
			},
		],
		['sunoai-bark', { prompt: 'Goodbye', voice_clone: true, text_temp: 0.5 }],
		['sunoai-bark', { prompt: 'Again', voice_clone: true }],
	],
	Transcribe: [
		[
			'whisper',
			{
				...{ beam_size: 3, best_of: 4, diarize: false, language: 'de', prompt: 'Köln' },
				...{ remove_silence: true, transcription_format: 'verbose' },
			},
		],
		[
			'speech2text-v2',
			{
				...{ do_sample: false, language: 'en', repetition_penalty: 1.25, temperature: 0.5 },
				...{ top_k: 20, top_p: 0.75, transcription_format: 'srt' },
			},
		],
		['whisper', { diarize: true, num_speakers: 3 }],
	],
	Run: [
		['whisper', { prompt: 'one', beam_size: 3 }],
		['zephyr-7b-beta', { prompt: 'two' }],
		['whisper', { prompt: 'three' }],
	],
};

/** Every parameter of the model, job, file and webhook operations is an expression, with other values for each item. */
export async function expressions(workflow: SavedWorkflow): Promise<void> {
	const run = await workflow.execute();
	const { baseUrl } = workflow.instance;
	for (const [node, expected] of Object.entries(given)) {
		const sent = run.jobs(node).map(({ model, inputs }) => [model, inputs]);
		expectEqual(`jobs of "${node}"`, sent, expected);
		expectEqual(`pairing of "${node}"`, run.sources(node), [0, 1, 2]);
	}
	await expectSources(run, baseUrl);
	await expectImages(run);
	await expectTexts(run);
	await expectWaiting(run);
	expectWebhooks(run, baseUrl);
	await expectUploads(run, await run.files('Forms'));
	expectJobs(run, 18);
}

/** The sources of the files: a binary field of the item, none, or a URL. */
async function expectSources(run: Run, baseUrl: string): Promise<void> {
	const [first = {}, second = {}] = await run.files('Forms');
	const at = (field: string, name: string) => ({ field, url: `${baseUrl}/healthz?${name}` });
	const expected: Record<string, Array<object | undefined>> = {
		Edit: [first['photo'], second['scan'], at('init_image_url', 'face')],
		Speak: [undefined, second['memo'], at('file', 'voice')],
		Transcribe: [first['sound'], second['memo'], at('file', 'talk')],
		Run: [first['sound'], undefined, at('file', 'any')],
	};
	for (const [node, files] of Object.entries(expected)) {
		expectEqual(`files of the jobs of "${node}"`, run.jobs(node).map(sourceOf), files);
	}
}

function sourceOf(job: Job): object | undefined {
	const { file } = job;
	if (file === undefined) return undefined;
	return file.source === 'url' ? { field: file.field, url: file.url } : receivedFile(job);
}

interface Form {
	/** The binary field of the files; without it there must be none. */
	readonly field?: string;
	readonly simple: boolean;
}

/** The output options of the three items at most nodes. */
const usual: readonly Form[] = [
	{ field: 'picture', simple: true },
	{ field: 'page', simple: false },
	{ simple: true },
];

/** The items of nodes whose jobs produce files, and these files byte for byte. */
async function expectImages(run: Run): Promise<void> {
	const forms = { Paint: usual, Edit: usual, Speak: usual };
	for (const [node, three] of Object.entries(forms)) await expectForms(run, node, three, true);
	const fetched = [{ simple: true }, ...usual.slice(0, 2)];
	// Job > Get does not know the model.
	await expectForms(run, 'Get job', fetched, false);
	expectEqual('fetched', run.jobs('Get job'), run.jobs('Paint'));
}

async function expectForms(
	run: Run,
	node: string,
	forms: readonly Form[],
	withModel: boolean,
): Promise<void> {
	const items: object[] = [];
	const files: Array<Record<string, FileFacts>> = [];
	for (const [index, job] of run.jobs(node).entries()) {
		const { field, simple } = forms[index] ?? { simple: true };
		const { output, status, files: made } = await madeBy(run.state, job);
		const { process_id, credit_used } = status;
		items.push({
			...(simple ? { process_id, status: 'COMPLETED', credit_used, output } : status),
			...(withModel ? { model: job.model } : {}),
		});
		files.push(field === undefined ? {} : byField(field, made));
	}
	expectEqual(`items of "${node}"`, run.json(node), items);
	expectEqual(`files of "${node}"`, await run.files(node), files);
}

/** The items of nodes whose jobs produce text: simplified, raw, simplified. */
async function expectTexts(run: Run): Promise<void> {
	const soundText =
		'[emulated] This is the transcript of sound.mp3. It was a file of 3000 bytes. No model listened to it, whisper is emulated.';
	const [verbose, subtitles, speakers] = run.json('Transcribe');
	expectEqual('verbose', verbose?.text, soundText);
	const { result } = subtitles ?? {};
	assert(/"1\\n00:00:00,000 --> /.test(JSON.stringify(result)), 'there are no subtitles');
	const text = String(speakers?.text);
	assert(text.startsWith('[emulated] This is the transcript of healthz'), `speakers: ${text}`);
	const [first, second, third] = run.json('Run');
	expectEqual('text of a file', first?.text, soundText);
	const raw = await readJob(run.state, String(second?.process_id));
	expectEqual('as it came', second, { ...raw, model: 'zephyr-7b-beta' });
	assert(String(third?.text).includes('transcript of healthz'), `text: ${String(third?.text)}`);
}

/** One item waits, one times out and one does not wait; then Job > Wait for all three. */
async function expectWaiting(run: Run): Promise<void> {
	const { origin } = run.state;
	const [alpha = '', beta = '', gamma = ''] = run.jobs('Write').map(({ processId }) => processId);
	const { result, credit_used } = await readJob(run.state, alpha);
	const text = result?.text;
	assert(String(text).includes('Tell Alpha'), `text: ${String(text)}`);
	const done = { process_id: alpha, status: 'COMPLETED', text, credit_used };
	const stopped = { process_id: beta, status: 'IN_PROGRESS', timed_out: true };
	expectEqual('written', run.json('Write'), [
		{ ...done, model: 'llama2-7b-chat' },
		{ ...stopped, model: endlessModel },
		{
			message: 'Request Accepted Successfully',
			process_id: gamma,
			status_url: `${origin}/v1/status/${gamma}`,
			...{ callback_url: '', webhook_url: '', model: 'llama2-7b-chat' },
		},
	]);
	const [first, second, third] = run.json('Wait for it');
	expectEqual('waited for', [first, second], [done, stopped]);
	const whole = await readJob(run.state, gamma);
	expectEqual('waited for, as it came', third, whole);
	const gammaText = String(whole.result?.text);
	assert(whole.status === 'COMPLETED' && gammaText.includes('Tell Gamma'), `text: ${gammaText}`);
	expectEqual(
		'webhooks of the jobs',
		run.jobs('Write').map(({ webhookName }) => webhookName),
		['first', undefined, 'third'],
	);
}

function expectWebhooks(run: Run, baseUrl: string): void {
	const names = ['first', 'second', 'third'];
	const registered = names.map((url_name) => ({
		url_name,
		webhook_url: `${baseUrl}/healthz?for=${url_name}`,
	}));
	const message = 'Webhook Registered Successfully';
	expectEqual(
		'created',
		run.json('Register'),
		registered.map((one) => ({ message, ...one })),
	);
	expectEqual('found', run.json('Find'), registered);
	const forgotten = names.map((url_name) => ({ deleted: true, url_name }));
	expectEqual('deleted', run.json('Forget'), forgotten);
	expectEqual('webhooks left', run.state.webhooks.size, 0);
}

async function expectUploads(
	run: Run,
	given: ReadonlyArray<Record<string, FileFacts>>,
): Promise<void> {
	const names = ['Grüße.png', 'memo.wav', 'last.txt'];
	const files = [given[0]?.['photo'], given[1]?.['memo'], given[2]?.['note']];
	for (const [index, { download_url: link, filename }] of run.json('Keep').entries()) {
		const { name, size, sha256 } = await uploadedFile(run, String(link));
		const file = { name: names[index], size: files[index]?.size, sha256: files[index]?.sha256 };
		expectEqual('upload', { name, size, sha256 }, file);
		expectEqual('name', filename, names[index]);
	}
	expectEqual('names asked for', namesAskedFor(run), [...names].sort());
	expectEqual('pairing of the uploads', run.sources('Keep'), [0, 1, 2]);
}
