import {
	findModel,
	models,
	modelsByFamily,
	type Family,
	type FileInput,
	type Model,
} from '../../../core/catalogue';
import { unknownModel } from '../../../core/catalogue/unknownModel';
import { checkInputs } from '../../../core/catalogue/validate';
import type { FileRule } from '../../../core/files/accept';
import type { FileSource, JobInputs } from '../../../core/files/attach';
import { fileNameOfUrl } from '../../../core/files/names';
import { validationError } from '../../../core/http/errors';
import { redactUrlTokens } from '../../../core/http/redaction';
import { submitJob, type Job } from '../../../core/jobs/submit';
import type { ItemOutput } from '../../../output/jobItem';
import { toJson } from '../../../output/json';
import { readModelId } from '../form/modelFields';
import { readJobOptions } from '../form/options';
import type { ItemContext } from '../operation';
import { awaitJob, readOutputOptions } from './awaitJob';
import { openItemFile } from './inputFile';
import { submitOnce } from './submitOnce';

/** Runs a catalogue model with the form's values, which are validated before anything is billed. */
export async function runCatalogueModel(
	context: ItemContext,
	family: Family,
): Promise<ItemOutput[]> {
	const { parameters } = context;
	const model = requireModel(family, readModelId(parameters));
	const { inputs, problems, leftOut } = checkInputs(
		model,
		parameters.record('parameters', 'Model Parameters'),
	);
	const [problem, ...others] = problems;
	if (problem !== undefined) {
		const advice = [...others, `See 'Model Parameters' of ${model.label}`].join('. ');
		throw validationError(problem, `${advice}.`);
	}
	for (const name of leftOut) {
		context.note(`'${labelOf(name)}' was left out: ${model.label} does not have it`);
	}
	const fileInput = selectFileInput(model, context);
	return await runModel(context, {
		model: model.id,
		inputs: {
			...(model.promptRequired
				? { prompt: requirePrompt(parameters.text('prompt', 'Prompt')) }
				: {}),
			...inputs,
			...(fileInput?.enabledBy === undefined ? {} : { [fileInput.enabledBy]: true }),
		},
		...(fileInput === undefined ? {} : { fileRule: fileInput }),
	});
}

/** A parameter as the form calls it. */
const labelOf = (name: string): string =>
	models.find(({ parameters }) => Object.hasOwn(parameters, name))?.parameters[name]?.label ?? name;

interface ModelCall {
	readonly model: string;
	readonly inputs: JobInputs;
	readonly fileRule?: FileRule;
}

/** Submits a job with its file, and waits for it if the user wants that. */
export async function runModel(context: ItemContext, call: ModelCall): Promise<ItemOutput[]> {
	const { client, parameters } = context;
	// The whole form is read before anything is billed, because an expression can fail.
	const options = readJobOptions(parameters);
	const output = readOutputOptions(context, options);
	// The tool form does not have this field.
	const wait =
		context.calledByAgent || parameters.flag('waitForCompletion', 'Wait for Completion', true);
	const job: Job = {
		model: call.model,
		inputs: { ...call.inputs, ...options.extraBody },
		...(call.fileRule === undefined
			? {}
			: { file: { rule: call.fileRule, source: await readFileSource(context) } }),
		...(options.webhookName === '' ? {} : { webhookName: options.webhookName }),
	};
	const { request, answer, resumed } = await submitOnce(
		context,
		describeJob(job),
		(billed) => (billed.kind === 'job' ? billed.submission : undefined),
		async () => await submitJob(client, job, options.timeoutMs),
	);
	const { processId, raw } = answer;
	context.trackBilled({ kind: 'job', id: processId, submission: { request, answer } });
	// The response may repeat the URL of the webhook, and with it the token of a trigger.
	if (!wait) return [{ json: toJson({ ...redactUrlTokens(raw), model: call.model }) }];
	return await awaitJob(context, {
		processId,
		model: call.model,
		options,
		output,
		...(job.file === undefined ? {} : { recording: nameOf(job.file.source) }),
		...(resumed ? {} : { submitted: job }),
	});
}

/** Everything that makes a job, as JSON; a file by what describes it, since its item is the same when n8n retries. */
function describeJob({ file, ...job }: Job): object {
	if (file === undefined) return job;
	const { source, rule } = file;
	if (source.kind === 'url') return { ...job, [rule.parameter]: source.url };
	const { name, mimeType, size } = source.file;
	return { ...job, [rule.parameter]: { name, mimeType, size } };
}

/** The name of a file, which a URL has in its path. */
const nameOf = (source: FileSource): string =>
	source.kind === 'binary' ? source.file.name : fileNameOfUrl(source.url);

/** @throws MonsterApiError for a model of another family. One that the catalogue does not know may be the server's. */
function requireModel(family: Family, id: string): Model {
	const model = findModel(id) ?? unknownModel(family, id);
	if (model.family === family) return model;
	throw validationError(
		`The model '${id}' belongs to another operation`,
		`Models of this operation: ${modelsByFamily[family].map((candidate) => candidate.id).join(', ')}.`,
	);
}

/** @throws MonsterApiError when the prompt is empty */
export function requirePrompt(prompt: string): string {
	if (prompt.trim() !== '') return prompt;
	throw validationError(
		'The prompt is empty',
		'Enter what the model should do, or check the expression.',
	);
}

/** The file that the model reads: an optional one only if its switch is on. */
function selectFileInput(model: Model, { parameters }: ItemContext): FileInput | undefined {
	if (model.file?.enabledBy === undefined) return model.file;
	return parameters.flag('voiceClone', 'Clone a Voice', false) ? model.file : undefined;
}

async function readFileSource(context: ItemContext): Promise<FileSource> {
	const { parameters } = context;
	if (parameters.choice('fileSource', 'File Source', ['binary', 'url']) === 'url') {
		return { kind: 'url', url: parameters.text('fileUrl', 'File URL') };
	}
	const file = await openItemFile(
		context,
		"Set 'File Source' to URL and let the agent pass the URL of the file.",
	);
	return { kind: 'binary', file };
}
