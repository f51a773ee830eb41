import multipart from '@fastify/multipart';
import type { FastifyInstance } from 'fastify';
import { randomUUID } from 'node:crypto';

import { findModel } from '../nodes/core/catalogue/index';
import { accept, linkedFile, type Accepted } from './acceptance.cjs';
import { readBody, type Body } from './body.cjs';
import { startCallbacks } from './callback.cjs';
import { courseOf, type Job, type ReceivedFile } from './job.cjs';
import { fetchOwnFile } from './own-file.cjs';
import { Refusal } from './refusal.cjs';
import type { ExtraModel } from './settings.cjs';
import type { State } from './state.cjs';

/** POST /v1/generate/{model} */
export function generate(app: FastifyInstance, state: State): void {
	void app.register(multipart, {
		// The body's reader says what is too big; the parser's own limit would cut the file short.
		limits: { fileSize: Number.POSITIVE_INFINITY, fieldSize: 8 * 1024 * 1024 },
	});

	app.post<{ Params: { model: string }; Querystring: { webhook_url_name?: string } }>(
		'/v1/generate/:model',
		async (request) => {
			const { model } = request.params;
			const family = familyOf(state, model);
			if (family === undefined) {
				throw new Refusal(404, `Not Found: the emulator has no model ${model}`);
			}
			const webhookName = request.query.webhook_url_name;
			if (webhookName !== undefined && !state.webhooks.has(webhookName)) {
				throw new Refusal(400, `Invalid Payload: no webhook is registered as ${webhookName}`);
			}
			const { inputs, file } = read(model, await readBody(request));
			const processId = randomUUID();
			const fetched = await fetchOwnFile(state, file);
			const course = courseOf(state.settings, model, processId, words(inputs, file));
			const job: Job = {
				processId,
				model,
				family,
				inputs,
				webhookName,
				createdAt: state.now(),
				...course,
				file: fetched.file,
				failure: course.failure ?? fetched.failure,
			};
			state.jobs.set(processId, job);
			startCallbacks(state, job);
			return {
				message: 'Request Accepted Successfully',
				process_id: processId,
				status_url: `${state.origin}/v1/status/${processId}`,
				callback_url: '',
				webhook_url: '',
			};
		},
	);
}

function familyOf({ settings }: State, model: string): ExtraModel | undefined {
	if (Object.hasOwn(settings.extraModels, model)) return settings.extraModels[model];
	return findModel(model)?.family;
}

/** A model beyond the catalogue takes anything; its file is the first part, or the first link, that it is sent. */
function read(id: string, body: Body): Accepted {
	const model = findModel(id);
	if (model !== undefined) return accept(model, body);
	const links = Object.entries(body.fields).map(([name, value]) => linkedFile(name, value));
	return { inputs: body.fields, file: body.files[0] ?? links.find((link) => link !== undefined) };
}

/** Where the words that steer a job are looked for. */
const words = ({ prompt }: Accepted['inputs'], file: ReceivedFile | undefined) =>
	[typeof prompt === 'string' ? prompt : '', file?.name ?? ''].join('\n');
