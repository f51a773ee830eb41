import type { Client } from '../http/client';
import type { RequestBody, SourceFile } from '../host';
import { toJsonText } from '../text';
import { requireAcceptedFile, requireFileUrl, type FileRule } from './accept';
import { uploadFile } from './upload';

/** Files of up to this many bytes (inclusive) can be sent within the generate call itself. */
export const directLimitBytes = 8 * 1024 * 1024;

/** Where a job's file comes from: binary data of an item, or a URL. */
export type FileSource =
	| { readonly kind: 'binary'; readonly file: SourceFile }
	| { readonly kind: 'url'; readonly url: string };

export type JobInputs = Readonly<Record<string, unknown>>;

/** How to create the body of a generate call: each attempt needs a fresh one. */
interface JobBody {
	readonly carriesFile: boolean;
	readonly create: () => RequestBody | Promise<RequestBody>;
}

export const jsonBody = (inputs: JobInputs): JobBody => ({
	carriesFile: false,
	create: () => ({ kind: 'json', value: inputs }),
});

const toField = (value: unknown): string =>
	typeof value === 'object' && value !== null ? toJsonText(value) : String(value);

/**
 * Adds a file to a job: a URL as it is, a file of up to 8 MB as multipart data of the call, anything larger by an upload
 * link; the upload happens here.
 * @throws MonsterApiError when the model does not support the file, or it cannot be uploaded
 */
export async function attachFile(
	client: Client,
	inputs: JobInputs,
	rule: FileRule,
	source: FileSource,
): Promise<JobBody> {
	const { parameter } = rule;
	if (source.kind === 'url') {
		return jsonBody({ ...inputs, [parameter]: requireFileUrl(rule, source.url) });
	}
	const file = requireAcceptedFile(rule, source.file);
	if (file.size > directLimitBytes) {
		const { downloadUrl } = await uploadFile(client, file);
		return jsonBody({ ...inputs, [parameter]: downloadUrl });
	}
	const fields = Object.fromEntries(
		Object.entries(inputs)
			// A form cannot express null; and as in JSON, the file overrides a value of the same name.
			.filter(([name, value]) => value !== null && value !== undefined && name !== parameter)
			.map(([name, value]) => [name, toField(value)]),
	);
	return {
		carriesFile: true,
		create: async () => ({
			kind: 'form',
			fields,
			file: { parameter, name: file.name, mimeType: file.mimeType, bytes: await file.read() },
		}),
	};
}
