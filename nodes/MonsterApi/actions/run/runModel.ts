import {
	models,
	modelsByFamily,
	type Family,
	type FileInput,
	type Model,
} from '../../../core/catalogue';
import { checkInputs } from '../../../core/catalogue/validate';
import type { FileRule } from '../../../core/files/accept';
import type { FileSource, JobInputs } from '../../../core/files/attach';
import { validationError } from '../../../core/http/errors';
import { redactUrlTokens } from '../../../core/http/redaction';
import { submitJob, type Job } from '../../../core/jobs/submit';
import type { ItemOutput } from '../../../output/jobItem';
import { toJson } from '../../../output/json';
import { readJobOptions } from '../form/options';
import type { ItemContext } from '../operation';
import { awaitJob, readOutputOptions } from './awaitJob';
import { openItemFile } from './inputFile';

/** Runs a catalogue model with the form's values, which are validated before anything is billed. */
export async function runCatalogueModel(context: ItemContext, family: Family): Promise<ItemOutput> {
	const { parameters } = context;
	const model = requireModel(family, parameters.text('model', 'Model').trim());
	const { inputs, problems } = checkInputs(
		model,
		parameters.record('parameters', 'Model Parameters'),
	);
	const [problem, ...others] = problems;
	if (problem !== undefined) {
		const advice = [...others, `See 'Model Parameters' of ${model.label}`].join('. ');
		throw validationError(problem, `${advice}.`);
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

interface ModelCall {
	readonly model: string;
	readonly inputs: JobInputs;
	readonly fileRule?: FileRule;
}

/** Submits a job with its file, and waits for it if the user wants that. */
export async function runModel(context: ItemContext, call: ModelCall): Promise<ItemOutput> {
	const { client, parameters } = context;
	// The whole form is read before anything is billed, because an expression can fail.
	const options = readJobOptions(parameters);
	const output = readOutputOptions(context, options);
	const wait = parameters.flag('waitForCompletion', 'Wait for Completion', true);
	const job: Job = {
		model: call.model,
		inputs: { ...call.inputs, ...options.extraBody },
		...(call.fileRule === undefined
			? {}
			: { file: { rule: call.fileRule, source: await readFileSource(context) } }),
		...(options.webhookName === '' ? {} : { webhookName: options.webhookName }),
	};
	const { processId, raw } = await submitJob(client, job, options.timeoutMs);
	context.trackBilled({ kind: 'job', id: processId });
	// The response may repeat the URL of the webhook, and with it the token of a trigger.
	if (!wait) return { json: toJson({ ...redactUrlTokens(raw), model: call.model }) };
	return await awaitJob(context, {
		processId,
		model: call.model,
		options,
		output,
		submitted: job,
	});
}

function requireModel(family: Family, id: string): Model {
	const model = modelsByFamily[family].find((candidate) => candidate.id === id);
	if (model !== undefined) return model;
	if (id === '') {
		throw validationError('The model is empty', 'Choose a model, or check the expression.');
	}
	const isKnown = models.some((candidate) => candidate.id === id);
	throw validationError(
		isKnown
			? `The model '${id}' belongs to another operation`
			: `The model '${id}' is unknown to this operation`,
		`Models of this operation: ${modelsByFamily[family].map((candidate) => candidate.id).join(', ')}. For any other model use Model > Run.`,
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
	if (parameters.text('fileSource', 'File Source') === 'url') {
		return { kind: 'url', url: parameters.text('fileUrl', 'File URL') };
	}
	const file = await openItemFile(
		context,
		"Set 'File Source' to URL and let the agent pass the URL of the file.",
	);
	return { kind: 'binary', file };
}
