import { validationError } from '../../../core/http/errors';
import type { SourceFile } from '../../../core/host';
import type { ItemContext } from '../operation';

/**
 * Opens the file that the form refers to.
 * @param agentAdvice how an agent can pass the file's URL instead
 * @throws MonsterApiError when an agent calls: n8n passes no files to a tool
 */
export async function openItemFile(context: ItemContext, agentAdvice: string): Promise<SourceFile> {
	const { calledByAgent, client, itemIndex, parameters } = context;
	if (calledByAgent) throw validationError('An agent cannot pass a file', agentAdvice);
	return await client.host.openFile(itemIndex, parameters.binary('binaryPropertyName'));
}
