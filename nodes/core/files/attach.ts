import type { Client } from '../http/client';
import type { RequestBody, SourceFile } from '../host';
import { requireAcceptedFile, requireFileUrl, type FileRule } from './accept';
import { uploadFile } from './upload';

/** MonsterAPI takes files of up to this many bytes, this many included, within the call itself. */
export const directLimitBytes = 8 * 1024 * 1024;

/** Where a job's file comes from: an item's binary, or a place on the web. */
export type FileSource =
	| { readonly kind: 'binary'; readonly file: SourceFile }
	| { readonly kind: 'url'; readonly url: string };

export type JobInputs = Readonly<Record<string, unknown>>;

/** The body of a generate call as a recipe: each attempt gets a fresh one. */
export interface JobBody {
	readonly carriesFile: boolean;
	readonly make: () => RequestBody | Promise<RequestBody>;
}

export const jsonBody = (inputs: JobInputs): JobBody => ({
	carriesFile: false,
	make: () => ({ kind: 'json', value: inputs }),
});

const asField = (value: unknown): string =>
	typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);

/**
 * Brings a file into a job the way that fits it: a URL as it is, up to 8 MB as a part of the call, anything larger by
 * an upload link, whose upload happens here.
 * @throws MonsterApiError when the model does not take the file, or it cannot be uploaded
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
			// A form knows no null, only the word; and as in JSON, the file wins over a value under its name.
			.filter(([name, value]) => value !== null && value !== undefined && name !== parameter)
			.map(([name, value]) => [name, asField(value)]),
	);
	return {
		carriesFile: true,
		make: async () => ({
			kind: 'form',
			fields,
			file: { parameter, name: file.name, mimeType: file.mimeType, bytes: await file.read() },
		}),
	};
}
