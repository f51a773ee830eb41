import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import mime from 'mime';
import { listWebhooks } from '../callbacks/webhook-store.mts';
import type { Config, ModelConfig } from '../config/config.mts';
import type { Family } from '../engines/engine.mts';
import { fileSize } from '../files/storage.mts';
import type { JobFile, NewJob } from '../jobs/job.mts';
import { baseUrlOf } from './base-url.mts';
import { readGenerateBody } from './generate-body.mts';
import { HttpError } from './http-error.mts';
import { modelNotFound } from './model-not-found.mts';
import type { Services } from './services.mts';
import { readWebhookName } from './webhook.mts';

interface GenerateRoute {
	Params: { model: string };
	Querystring: { webhook_url_name?: unknown };
}

/** A documented model whose inputs stand for those of a model that only the configuration knows. */
const exampleModel: Readonly<Record<Family, string>> = {
	text: 'llama2-7b-chat',
	image: 'sdxl-base',
	'image-edit': 'img2img',
	transcription: 'whisper',
	speech: 'sunoai-bark',
};

/** How long a client waits that has as many jobs as its key allows. */
const parallelRetryMs = 5_000;

/** POST /generate/{model} */
export function generateRoutes(server: FastifyInstance, services: Services): void {
	const { config, storage, submit, metrics } = services;
	server.post<GenerateRoute>('/generate/:model', async (request) => {
		const { id: model, modelConfig } = findModel(config, request);
		const { apiKey } = request;
		const id = randomUUID();
		const removeInputs = async (): Promise<void> => await storage.remove('inputs', id);
		const job = await readJob(request, services, { id, model, family: modelConfig.family }).catch(
			async (error: unknown) => {
				await removeInputs();
				throw error;
			},
		);
		// When this throws, the job may be there all the same: its input is left to the clean-up.
		if (!(await submit(job, apiKey))) {
			await removeInputs();
			const message = 'Quota Exceeded: too many unfinished jobs for this key';
			throw new HttpError(429, message, parallelRetryMs);
		}
		metrics.accepted(model);
		request.log.info({ processId: id, model, key: apiKey.name }, 'job accepted');
		return {
			message: 'Request Accepted Successfully',
			process_id: id,
			status_url: `${job.baseUrl}/v1/status/${id}`,
			// Empty in every example, and the URL of a trigger has its token in it.
			callback_url: '',
			webhook_url: '',
		};
	});
}

/** The job that a request asks for, with its file in place. */
async function readJob(
	request: FastifyRequest<GenerateRoute>,
	services: Services,
	{ id, model, family }: { id: string; model: string; family: Family },
): Promise<NewJob> {
	const rules = services.contract.bodyRules(model, exampleModel[family]);
	const { inputs, file } = await readGenerateBody(request, rules, id, services.storage);
	return {
		id,
		keyName: request.apiKey.name,
		model,
		inputs,
		file: file && (await keepUpload(file, id, services)),
		baseUrl: baseUrlOf(services.config, request),
		webhookUrl: await webhookFor(request.query.webhook_url_name, request, services),
	};
}

/** Exactly, or else without regard to case: clients differ in `mpt-30B-instruct`. */
function findModel(
	config: Config,
	request: FastifyRequest<GenerateRoute>,
): { id: string; modelConfig: ModelConfig } {
	const wanted = request.params.model;
	const ids = Object.keys(config.models);
	const id =
		ids.find((each) => each === wanted) ??
		ids.find((each) => each.toLowerCase() === wanted.toLowerCase());
	const modelConfig = id === undefined ? undefined : config.models[id];
	if (id === undefined || modelConfig === undefined) {
		throw modelNotFound(wanted);
	}
	const allowed = request.apiKey.models;
	if (allowed !== undefined && !allowed.includes(id)) {
		throw new HttpError(403, `This key may not use '${id}'`);
	}
	return { id, modelConfig };
}

async function webhookFor(
	given: unknown,
	request: FastifyRequest,
	{ database }: Services,
): Promise<string | undefined> {
	if (given === undefined || given === '') return undefined;
	const name = readWebhookName(given);
	const [webhook] = await listWebhooks(database, request.apiKey.name, name);
	if (webhook === undefined) {
		throw new HttpError(400, `Invalid Payload: no webhook '${name}' is registered`);
	}
	return webhook.webhook_url;
}

/** A file behind one of our own upload links is kept with the job: the link may expire before it runs. */
async function keepUpload(file: JobFile, jobId: string, services: Services): Promise<JobFile> {
	if (!('url' in file)) return file;
	const { links, storage } = services;
	const ref = links.readDownloadLink(new URL(file.url));
	const from = ref && storage.path('uploads', ref.token, ref.name);
	if (ref === undefined || from === undefined) return file;
	const size = await fileSize(from);
	if (size === undefined) {
		throw new HttpError(400, 'Invalid Payload: nothing has been uploaded to that link yet');
	}
	await storage.share(from, await storage.prepare('inputs', jobId, ref.name));
	return { name: ref.name, size, mimeType: mime.getType(ref.name) ?? 'application/octet-stream' };
}
