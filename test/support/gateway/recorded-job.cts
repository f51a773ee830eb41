import { checkBody } from '../../../contract/body.cjs';
import { findOperation, type Schema } from '../../../contract/document.cjs';
import { ContentDigest } from '../../../emulator/files/content-digest.cjs';
import type { Job, ReceivedFile } from '../../../emulator/generate/job.cjs';
import { models } from '../../../emulator/generate/models.cjs';

/** What is recorded of a job: what was sent, and the id that it was given. */
interface Sent extends Pick<Job, 'processId' | 'model' | 'inputs' | 'webhookName'> {
	/** A file behind a link is read by the gateway after it has accepted the job. */
	readonly readFile: () => ReceivedFile | undefined;
}

/** A call of `/v1/generate/{model}` that was accepted. */
export interface AcceptedCall {
	readonly processId: string;
	/** With the query. */
	readonly path: string;
	readonly contentType: string;
	readonly body: Buffer;
}

/** What the recorder has seen of the file behind a link. */
export type StoredContent = Pick<ReceivedFile, 'mime' | 'size' | 'sha256'>;

/** The job of an accepted call, with its inputs typed as the contract says. */
export async function recordedJob(
	{ processId, path, contentType, body }: AcceptedCall,
	contentOf: (url: string) => StoredContent | undefined,
): Promise<Job> {
	const { pathname, searchParams } = new URL(path, 'http://recorder.invalid');
	const model = decodeURIComponent(pathname.split('/').at(-1) ?? '');
	const call = findOperation('POST', pathname.replace(/^\/v1/, ''))?.operation;
	const schema = call?.requestBody?.content?.['application/json']?.schema ?? {};
	const { fields, part } = await readBody(contentType, body);
	const { values } = checkBody(schema, fields, []);
	const readFile = () => part ?? linkedFile(schema, values, contentOf);
	const { [readFile()?.field ?? '']: _file, ...inputs } = values;
	return withoutPlan({
		...{ processId, model, inputs, readFile },
		webhookName: searchParams.get('webhook_url_name') ?? undefined,
	});
}

async function readBody(contentType: string, body: Buffer) {
	if (!contentType.startsWith('multipart/form-data')) {
		return { fields: JSON.parse(body.toString()) as Record<string, unknown>, part: undefined };
	}
	const headers = { 'content-type': contentType };
	// eslint-disable-next-line @typescript-eslint/no-deprecated -- meant for servers; what tests send is small and trusted
	const form = await new Response(new Uint8Array(body), { headers }).formData();
	const fields: Record<string, unknown> = {};
	let part: ReceivedFile | undefined;
	for (const [field, value] of form) {
		if (typeof value === 'string') fields[field] = value;
		else {
			const sum = new ContentDigest();
			sum.add(Buffer.from(await value.arrayBuffer()));
			part = { field, name: value.name, source: 'part', mime: value.type, ...sum.total() };
		}
	}
	return { fields, part };
}

function linkedFile(
	schema: Schema,
	values: Readonly<Record<string, unknown>>,
	contentOf: (url: string) => StoredContent | undefined,
): ReceivedFile | undefined {
	for (const [field, url] of Object.entries(values)) {
		if (schema.properties?.[field]?.['x-file'] === undefined || typeof url !== 'string') continue;
		const name = decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? '');
		return { field, name, source: 'url', url, ...contentOf(url) };
	}
	return undefined;
}

/** How long a job takes and whether it fails is not known beforehand: reading it is a mistake of the test's. */
function withoutPlan({ readFile, ...sent }: Sent): Job {
	const unknown = (): never => {
		throw new Error('Only the emulator plans how a job goes');
	};
	return Object.defineProperties(
		{ ...sent, family: models.get(sent.model)?.family ?? 'echo' },
		{
			file: { get: readFile, enumerable: true },
			...Object.fromEntries(
				['createdAt', 'queueMs', 'workMs', 'failure'].map((name) => [name, { get: unknown }]),
			),
		},
	) as Job;
}
