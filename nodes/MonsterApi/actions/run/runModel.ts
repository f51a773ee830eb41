import { validationError } from '../../../core/http/errors';
import { redactUrlTokens } from '../../../core/http/redaction';
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
import { submitJob, type Job } from '../../../core/jobs/submit';
import { toJson, type ItemOutput } from '../../output/jobItem';
import type { ItemContext } from '../operation';
import { openItemFile } from './inputFile';
import { readJobOptions } from './options';
import { awaitJob, readOutputOptions } from './awaitJob';

/** Runs a catalogue model with the form's values: checked first, so that nothing wrong is ever paid. */
export async function runCatalogueModel(context: ItemContext, family: Family): Promise<ItemOutput> {
	const { parameters } = context;
	const model = requireModel(family, parameters.text('model', 'Model').trim());
	const { inputs, problems } = checkInputs(
		model,
		parameters.record('parameters', 'Model Parameters'),
	);
	if (problems.length > 0) {
		const [first = '', ...others] = problems;
		throw validationError(
			first,
			[...others, `See Model Parameters of ${model.label}`].join('. ') + '.',
		);
	}
	const fileInput = wantedFile(model, context);
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

export interface ModelCall {
	readonly model: string;
	readonly inputs: JobInputs;
	readonly fileRule?: FileRule;
}

/** Hands the job over with its file, and waits for it where the user wants that. */
export async function runModel(context: ItemContext, call: ModelCall): Promise<ItemOutput> {
	const { client, parameters } = context;
	// All of the form is read before anything is paid: an expression can fail.
	const options = readJobOptions(parameters);
	const form = readOutputOptions(context, options.outputBinaryField);
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
	// It may tell the URL of the webhook that it was given, and with it the token of a trigger.
	if (!wait) return { json: toJson({ ...redactUrlTokens(raw), model: call.model }) };
	return await awaitJob(context, {
		processId,
		model: call.model,
		options,
		form,
		handedOver: job,
	});
}

function requireModel(family: Family, id: string): Model {
	const model = modelsByFamily[family].find((known) => known.id === id);
	if (model !== undefined) return model;
	if (id === '')
		throw validationError('The model is empty', 'Choose one, or check the expression.');
	const elsewhere = models.some((known) => known.id === id);
	throw validationError(
		elsewhere ? `The model “${id}” belongs to another operation` : `There is no model “${id}” here`,
		`This operation takes ${modelsByFamily[family].map((known) => known.id).join(', ')}. For any other model use Model > Run.`,
	);
}

/** @throws MonsterApiError when there is nothing to do */
export function requirePrompt(prompt: string): string {
	if (prompt.trim() !== '') return prompt;
	throw validationError(
		'The prompt is empty',
		'Write what the model should do, or check the expression.',
	);
}

/** The file that the model takes now: optional ones only when their switch is on. */
function wantedFile(model: Model, { parameters }: ItemContext): FileInput | undefined {
	if (model.file?.enabledBy === undefined) return model.file;
	return parameters.flag('voiceClone', 'Clone a Voice', false) ? model.file : undefined;
}

async function readFileSource(context: ItemContext): Promise<FileSource> {
	const { parameters } = context;
	return parameters.text('fileSource', 'File Source') === 'url'
		? { kind: 'url', url: parameters.text('fileUrl', 'File URL') }
		: {
				kind: 'binary',
				file: await openItemFile(
					context,
					'Set File Source to URL and let the agent give the file’s web address.',
				),
			};
}
