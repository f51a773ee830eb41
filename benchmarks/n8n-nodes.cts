import { join } from 'node:path';

import type { INodeType, IVersionedNodeType } from 'n8n-workflow';

type Any = INodeType | IVersionedNodeType;

const latest = (type: Any): INodeType => ('nodeVersions' in type ? type.getNodeType() : type);

/**
 * n8n's own nodes, such as `HttpRequest`, by their names.
 * @param folder where n8n has them
 */
export async function loadN8nNodes(
	folder: string,
	names: readonly string[],
): Promise<Map<string, INodeType>> {
	const types = new Map<string, INodeType>();
	for (const name of names) {
		const file = join(folder, name, `${name}.node.js`);
		const module: Record<string, new () => Any> = await import(file);
		const type = module[name];
		if (type === undefined) throw new Error(`${file} has no ${name}`);
		types.set(name, latest(new type()));
	}
	return types;
}
