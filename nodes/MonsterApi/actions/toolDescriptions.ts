import type { Operations } from './operations';

type Descriptions = { readonly [R in keyof Operations]: Readonly<Record<Operations[R], string>> };

const onFailure =
	'On failure: JSON with error, description (what to do next) and retryable; if retryable is false, do not call again with the same input.';
const jobFailure = `Each call costs credits. ${onFailure} A failure with a process_id belongs to a job that was accepted and paid: if retryable is false, get its result by process_id instead.`;
const output = 'the JSON field output, a list of URLs; the files themselves are not returned';
const jobFields = 'process_id, model, status and credit_used';
const byHour =
	'WARNING: it costs money by the hour, used or not, until it is terminated, even if the call fails after the start. Call it only if the user asked for it, and only once.';
const launched = `Output: JSON with deployment_id (keep it: it is needed to terminate), status and, once live, URL. ${onFailure} With a deployment_id it may be running: check or terminate it.`;
const url = 'a public http(s) URL; file contents and local paths do not work';
const free = 'Costs nothing.';

/**
 * What a language model reads about an operation that it can call and has never seen: what goes in, what comes out, what
 * it costs. At most 1,024 characters with n8n's own words around them, the limit of OpenAI's API.
 */
export const toolDescriptions: Descriptions = {
	model: {
		generateText: `Generate text from a prompt with a language model. Input: prompt, which must be complete, since the model sees nothing else. Output: JSON with text, ${jobFields}. ${jobFailure}`,
		generateImage: `Generate images from a description. Input: prompt, what the images show and in which style. Output: ${output}, with ${jobFields}. ${jobFailure}`,
		editImage: `Change an image, or create a similar one. Input: the image as ${url}; prompt, what to change. Output: ${output}, with ${jobFields}. ${jobFailure}`,
		generateSpeech: `Speak a text aloud. Input: the text; a sample of the voice to imitate, if that is set up, as ${url}. Output: ${output}, with ${jobFields}. ${jobFailure}`,
		transcribe: `Transcribe the speech of an audio or video recording. Input: the recording as ${url}. Output: JSON with text, segments with times if there are any, ${jobFields}. ${jobFailure}`,
		run: `Run any AI model of MonsterAPI. Input: the ID of the model; body, a JSON object with the model's own parameters; a file, if the model takes one, as ${url}. Output: JSON with text, or ${output}, with ${jobFields}. ${jobFailure}`,
	},
	job: {
		get: `Get the current status of a job, and its result if it has ended. Input: process_id, as an earlier call returned it. Output: JSON with process_id, status (COMPLETED, FAILED, or still running) and the result: text, or ${output}. ${free} ${onFailure}`,
		wait: `Wait until a job that was submitted earlier has ended, and get its result without paying again. Input: process_id, as an earlier call returned it. Output: JSON with process_id, status and the result: text, or ${output}. ${free} ${onFailure}`,
	},
	file: {
		upload:
			'Upload a file. An agent cannot pass a file, so this always fails: pass the public URL of the file to the tool that needs it instead.',
	},
	deployment: {
		deployLlm: `Start a language model on rented GPUs. ${byHour} Input: base model path, a Hugging Face model or the URL of a zip file; prompt template; VRAM per GPU; number of GPUs. ${launched}`,
		deployCustomImage: `Start a Docker image on a rented machine. ${byHour} Input: image, such as owner/image:tag; environment variables; port numbers. ${launched}`,
		generate: `Generate text with a language model that is deployed and live. Input: the ID of the deployment; prompt, or values for the prompt template. Output: JSON with deployment_id and text. Costs nothing beyond the deployment. ${onFailure}`,
		get: `Get the status of a deployment. Input: the ID of the deployment. Output: JSON with deployment_id, status and, if live, URL. ${free} ${onFailure}`,
		getHealth: `Check whether the deployment service is available. No input. Output: JSON with the state of the service. ${free} ${onFailure}`,
		getInstances: `List the machines that deployments can run on. No input. Output: a list of JSON objects, one for each machine. ${free} ${onFailure}`,
		getLogs: `Get the last lines of a deployment's log. Input: the ID of the deployment; number of lines. Output: JSON with deployment_id and logs, a list of lines. ${free} ${onFailure}`,
		getMany: `List the deployments of the account; those that are live cost money. Input: none. Output: a list of JSON objects with the ID and status of each, empty if there are none. ${free} ${onFailure}`,
		terminate: `Terminate a deployment for good, which ends its costs. It cannot be started again. Input: the ID of the deployment. Output: JSON with deployment_id, terminated and already_terminated; succeeds if it had already ended. ${onFailure}`,
	},
	webhook: {
		create: `Register a URL that is called when a job changes its status. Input: name; webhook URL, public, which is called once as a test. Output: JSON with url_name and webhook_url. ${free} ${onFailure}`,
		delete: `Delete a registered webhook: jobs no longer call its URL. Input: name. Output: JSON with deleted and url_name; succeeds if there is no such webhook. ${free} ${onFailure}`,
		get: `Get a registered webhook. Input: name. Output: JSON with its name and URL. ${free} ${onFailure}`,
		getMany: `List the registered webhooks. No input. Output: a list of JSON objects with name and URL, empty if there are none. ${free} ${onFailure}`,
	},
};
