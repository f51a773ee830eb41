import { MonsterApiError } from '../../../core/http/errors';
import type { SourceFile } from '../../../core/host';
import type { ItemContext } from '../operation';

/**
 * Opens the file that the form names.
 * @param byUrl how an agent can give the file's address instead
 * @throws MonsterApiError when an agent calls: n8n gives no files to a tool
 */
export async function openItemFile(context: ItemContext, byUrl: string): Promise<SourceFile> {
	const { calledByAgent, client, itemIndex, parameters } = context;
	if (calledByAgent) {
		throw new MonsterApiError('An agent cannot hand over a file', {
			advice: byUrl,
			retryable: false,
		});
	}
	return await client.host.openFile(itemIndex, parameters.binary('binaryPropertyName'));
}
