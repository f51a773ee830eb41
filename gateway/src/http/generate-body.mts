import type { FastifyRequest } from 'fastify';
import type { MultipartFile } from '@fastify/multipart';
import mime from 'mime';
import { extensionOf, safeFileName } from '../files/file-name.mts';
import { FileTooLargeError, type Storage } from '../files/storage.mts';
import type { JobFile } from '../jobs/job.mts';
import type { BodyRules, FileRules } from './contract.mts';
import { HttpError } from './http-error.mts';
import { normaliseBody } from './loose-types.mts';

export interface GenerateBody {
	readonly inputs: Readonly<Record<string, unknown>>;
	readonly file: JobFile | undefined;
}

/** MonsterAPI's limit for a body, and what a form needs around a file of that size. */
export const maxBodyBytes = 8 * 1024 * 1024 + 64 * 1024;
/** A file part is as good as a URL; this one is what the contract's check sees in its place. */
const placeholder = 'https://multipart.invalid/file';
const forbidden = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Reads, normalises and validates the body of a generate call, JSON and multipart alike. A file that
 * comes along is kept as the job's input.
 * @throws HttpError 400, 413, 415
 */
export async function readGenerateBody(
	request: FastifyRequest,
	rules: BodyRules,
	jobId: string,
	storage: Storage,
): Promise<GenerateBody> {
	const { values, part } = request.isMultipart()
		? await readParts(request, rules.file, jobId, storage)
		: { values: readJson(request.body), part: undefined };
	const body = normaliseBody(values, rules);
	const fileName = rules.file?.name;
	if (part !== undefined && fileName !== undefined) body[fileName] = placeholder;
	const problem = rules.problem(body);
	if (problem !== undefined) throw new HttpError(400, `Invalid Payload: ${problem}`);
	if (fileName === undefined) return { inputs: body, file: undefined };
	const { [fileName]: link, ...inputs } = body;
	if (part !== undefined) return { inputs, file: part };
	if (typeof link !== 'string' || rules.file === undefined) return { inputs, file: undefined };
	return { inputs, file: { url: checkedLink(link, rules.file) } };
}

function readJson(body: unknown): Record<string, unknown> {
	if (body === undefined || body === null) throw new HttpError(400, 'Payload missing');
	if (typeof body !== 'object' || Array.isArray(body)) {
		throw new HttpError(400, 'Invalid Payload: a JSON object is expected');
	}
	return Object.fromEntries(Object.entries(body).filter(([name]) => !forbidden.has(name)));
}

async function readParts(
	request: FastifyRequest,
	rules: FileRules | undefined,
	jobId: string,
	storage: Storage,
): Promise<{ values: Record<string, unknown>; part: JobFile | undefined }> {
	const values: Record<string, unknown> = {};
	let kept: JobFile | undefined;
	let textLength = 0;
	for await (const part of request.parts()) {
		if (part.type === 'file') {
			if (part.fieldname === rules?.name && part.filename) {
				kept = await keepPart(part, rules, jobId, storage);
			} else {
				part.file.resume();
				if (part.mimetype.startsWith('application/json')) throw notText(part.fieldname);
			}
		} else if (!forbidden.has(part.fieldname)) {
			textLength += String(part.value).length;
			if (textLength > maxBodyBytes)
				throw new HttpError(413, 'Invalid Payload: the form is too large');
			values[part.fieldname] = part.value;
		}
	}
	return { values, part: kept };
}

async function keepPart(
	part: MultipartFile,
	rules: FileRules,
	jobId: string,
	storage: Storage,
): Promise<JobFile> {
	const name = safeFileName(part.filename);
	if (!rules.extensions.includes(extensionOf(name))) {
		// The rest has to be read, or the client never sees the answer.
		part.file.resume();
		throw unsupportedMedia(rules);
	}
	const path = await storage.prepare('inputs', jobId, name);
	const size = await storage.write(path, part.file, rules.maxBytes).catch((error: unknown) => {
		throw error instanceof FileTooLargeError ? tooLarge(rules) : error;
	});
	if (part.file.truncated) throw tooLarge(rules);
	return { name, size, mimeType: mime.getType(name) ?? part.mimetype };
}

/** An extension in the URL has to be one that the model takes; without one, the file decides later. */
function checkedLink(link: string, rules: FileRules): string {
	const url = URL.canParse(link) ? new URL(link) : undefined;
	if (url === undefined) throw new HttpError(400, `Invalid Payload: '${rules.name}' is not a URL`);
	const extension = extensionOf(url.pathname);
	if (extension !== '' && !rules.extensions.includes(extension)) throw unsupportedMedia(rules);
	return link;
}

function notText(name: string): HttpError {
	return new HttpError(400, `Invalid Payload: '${name}' has to be plain text in a form, not JSON`);
}

function unsupportedMedia(rules: FileRules): HttpError {
	return new HttpError(415, `Unsupported Media: the model reads ${rules.extensions.join(', ')}`);
}

function tooLarge(rules: FileRules): HttpError {
	const limit = Math.floor(rules.maxBytes / 1024 / 1024);
	return new HttpError(
		400,
		`Invalid Payload: '${rules.name}' is larger than ${limit} MB; send larger files through an upload link (GET /v1/upload)`,
	);
}
