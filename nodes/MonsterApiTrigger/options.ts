import type { IWebhookFunctions } from 'n8n-workflow';

import { isRecord, textOf, textsOf } from '../core/json';
import type { VerifyOptions } from '../core/webhook/verifyCallback';
import { defaultMaxFileSize, toMaxBytes, type OutputOptions } from '../output/jobItem';

/** The trigger's form for one callback. */
export function readOptions(context: IWebhookFunctions): VerifyOptions & OutputOptions {
	const value: unknown = context.getNodeParameter('options', {});
	const options = isRecord(value) ? value : {};
	const verify = options['verify'] !== false;
	return {
		statuses: readList(context.getNodeParameter('statuses', [])),
		models: readList(options['models']),
		verify,
		ignoreDuplicates: options['ignoreDuplicates'] !== false,
		simplify: context.getNodeParameter('simplify', true) !== false,
		// The URLs in an unverified callback may be forged.
		download: context.getNodeParameter('download', true) !== false && verify,
		binaryField: textOf(options, 'outputBinaryField')?.trim() || 'data',
		maxFileBytes: readMaxFileBytes(options['maxFileSize']),
	};
}

/** An event is not lost because of a limit that is no number: then the default applies. */
function readMaxFileBytes(value: unknown): number {
	const size = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	return toMaxBytes(typeof size === 'number' && size >= 0 ? size : defaultMaxFileSize);
}

/** An expression may return a single string. */
const readList = (value: unknown): string[] => textsOf(typeof value === 'string' ? [value] : value);
