import { findModel, models, modelsByFamily } from '../../../nodes/core/catalogue/index';
import { checkInputs, describeDomain, readValue } from '../../../nodes/core/catalogue/validate';

const model = (id: string) => {
	const found = findModel(id);
	if (found === undefined) throw new Error(`no ${id}`);
	return found;
};
const parametersOf = (id: string) => Object.keys(model(id).parameters).sort();

describe('the catalogue', () => {
	test('contains each documented model once', () => {
		expect(models.map(({ id }) => id).sort()).toEqual([
			'codellama-13b-instruct',
			'codellama-34b-instruct',
			'falcon-40b-instruct',
			'falcon-7b-instruct',
			'flan-T5',
			'img2img',
			'llama2-7b-chat',
			'mpt-30b-instruct',
			'mpt-7b-instruct',
			'photo-maker',
			'pix2pix',
			'sdxl-base',
			'speech2text-v2',
			'sunoai-bark',
			'txt2img',
			'whisper',
			'zephyr-7b-beta',
		]);
	});

	test.each([
		[
			'codellama-13b-instruct',
			'beam_size max_length repetition_penalty system_prompt temp top_k top_p',
		],
		['falcon-7b-instruct', 'beam_size max_length temp top_k top_p'],
		['flan-T5', 'beam_size max_length repetition_penalty temp top_k top_p'],
		['llama2-7b-chat', 'beam_size max_length repetition_penalty system_prompt temp top_k top_p'],
		['mpt-7b-instruct', 'max_length temp top_k top_p'],
		['zephyr-7b-beta', 'beam_size max_length repetition_penalty system_prompt temp top_k top_p'],
		['txt2img', 'aspect_ratio guidance_scale negprompt safe_filter samples seed steps style'],
		[
			'sdxl-base',
			'aspect_ratio enhance guidance_scale negprompt optimize safe_filter samples seed steps style',
		],
		['img2img', 'guidance_scale negprompt seed steps strength'],
		['pix2pix', 'guidance_scale image_guidance_scale negprompt seed steps'],
		['photo-maker', 'negprompt optimize safe_filter samples seed steps strength style'],
		[
			'whisper',
			'beam_size best_of diarize language num_speakers prompt remove_silence transcription_format',
		],
		[
			'speech2text-v2',
			'diarize do_sample language num_speakers repetition_penalty temperature top_k top_p transcription_format',
		],
		['sunoai-bark', 'sample_rate speaker text_temp wave_temp'],
	])('%s has its documented parameters', (id, names) => {
		expect(parametersOf(id)).toEqual(names.split(' '));
	});

	test.each([
		['whisper', 'language', 99],
		['speech2text-v2', 'language', 99],
		['sunoai-bark', 'speaker', 130],
		['sdxl-base', 'style', 21],
		['sdxl-base', 'aspect_ratio', 3],
		['whisper', 'transcription_format', 4],
		['speech2text-v2', 'transcription_format', 2],
	])('%s.%s has %i values, all different', (id, name, count) => {
		const parameter = model(id).parameters[name];
		const values = parameter?.type === 'enum' ? parameter.values : [];
		expect(new Set(values.map(({ value }) => value)).size).toBe(count);
		expect(new Set(values.map(({ label }) => label)).size).toBe(count);
	});

	test('has the file parameters that the API expects', () => {
		for (const { file } of modelsByFamily.imageEdit) {
			expect(file).toMatchObject({
				parameter: 'init_image_url',
				extensions: ['jpeg', 'jpg', 'png'],
			});
		}
		const media = ['m4a', 'mp3', 'mp4', 'mpeg', 'mpga', 'ogg', 'wav', 'webm'];
		for (const { file } of [...modelsByFamily.transcription, ...modelsByFamily.speech]) {
			expect(file).toMatchObject({ parameter: 'file', extensions: media });
		}
		expect(model('sunoai-bark').file?.enabledBy).toBe('voice_clone');
	});

	test('has only defaults that it would accept itself', () => {
		for (const { parameters } of models) {
			for (const parameter of Object.values(parameters)) {
				if (parameter.default !== undefined) {
					expect(readValue(parameter, parameter.default)).toBe(parameter.default);
				}
			}
		}
	});

	test('describes everything, without a trailing period', () => {
		for (const { description, label, parameters } of models) {
			for (const text of [
				description,
				label,
				...Object.values(parameters).flatMap((p) => [p.description, p.label]),
			]) {
				expect(text).toMatch(/^\S.*[^.\s]$/);
			}
		}
	});
});

describe('validation', () => {
	test.each<[string, string, unknown, unknown]>([
		['sdxl-base', 'steps', 30, 30],
		['sdxl-base', 'steps', 500, 500],
		['sdxl-base', 'steps', '42', 42],
		['sdxl-base', 'safe_filter', 'false', false],
		['sdxl-base', 'safe_filter', 'True', true],
		['sdxl-base', 'style', 'neonpunk', 'neonpunk'],
		['sdxl-base', 'seed', 0, 0],
		['sdxl-base', 'seed', -1, -1],
		['llama2-7b-chat', 'top_k', -1, -1],
		['img2img', 'strength', 0.5, 0.5],
		['sunoai-bark', 'speaker', 'zh_speaker_9', 'zh_speaker_9'],
		['sunoai-bark', 'text_temp', 0.1, 0.1],
		['whisper', 'prompt', 12, '12'],
	])('%s accepts %s %j', (id, name, value, sent) => {
		expect(checkInputs(model(id), { [name]: value })).toEqual({
			inputs: { [name]: sent },
			problems: [],
			leftOut: [],
		});
	});

	test.each<[string, string, unknown, string]>([
		['sdxl-base', 'steps', 29, 'from 30 to 500'],
		['sdxl-base', 'steps', 501, 'from 30 to 500'],
		['sdxl-base', 'steps', 30.5, 'a whole number'],
		['sdxl-base', 'steps', 'many', 'a whole number'],
		['sdxl-base', 'steps', Number.NaN, 'a whole number'],
		['sdxl-base', 'samples', 5, 'from 1 to 4'],
		['photo-maker', 'samples', 4, 'from 1 to 3'],
		['photo-maker', 'steps', 9, 'from 10 to 60'],
		['img2img', 'strength', 1.1, 'from 0 to 1'],
		['llama2-7b-chat', 'temp', -0.1, 'from 0 to 1'],
		['whisper', 'best_of', 0, 'of at least 1'],
		['sdxl-base', 'style', 'Neonpunk', 'one of 3d-model'],
		['sdxl-base', 'safe_filter', 'perhaps', 'true or false'],
		['whisper', 'num_speakers', 1, 'from 2 to 10'],
		['whisper', 'beam_size', 101, 'from 1 to 100'],
		['sunoai-bark', 'wave_temp', 0, 'from 0.1 to 1'],
		['sdxl-base', 'seed', 2 ** 60, 'a whole number'],
		['sdxl-base', 'negprompt', { a: 1 }, 'a text'],
		['sdxl-base', 'steps', [40], 'a whole number'],
	])('%s rejects %s %j and says what it accepts', (id, name, value, range) => {
		const { inputs, problems } = checkInputs(model(id), { [name]: value });
		expect(inputs).toEqual({});
		expect(problems).toHaveLength(1);
		expect(problems[0]).toContain(`(${name})`);
		expect(problems[0]).toContain(range);
	});

	test('ignores what was not set, and names what the model does not have', () => {
		const given = { steps: '', style: null, seed: undefined, enhance: true, nonsense: 1 };
		expect(checkInputs(model('txt2img'), given)).toEqual({
			inputs: {},
			problems: [],
			leftOut: ['enhance', 'nonsense'],
		});
		const hostile = JSON.parse('{"__proto__": {"steps": 40}}') as Record<string, unknown>;
		expect(checkInputs(model('txt2img'), hostile)).toEqual({
			inputs: {},
			problems: [],
			leftOut: ['__proto__'],
		});
	});

	test('does not repeat a huge value in its message', () => {
		const { problems } = checkInputs(model('sdxl-base'), { steps: 'x'.repeat(10_000) });
		expect(problems[0]?.length).toBeLessThan(200);
	});

	test('describes every type of parameter', () => {
		expect(describeDomain({ type: 'string', label: '', description: '' })).toBe('a text');
		expect(describeDomain({ type: 'number', label: '', description: '', max: 3 })).toBe(
			'a number of at most 3',
		);
		expect(describeDomain({ type: 'number', label: '', description: '' })).toBe('a number');
	});
});
