import type { IDataObject } from 'n8n-workflow';

import { textOf } from './engine.cjs';
import { useSession, type Session } from './session.cjs';

/** An operation of the resource deployment, as a form. */
export const deployment = (operation: string, parameters: IDataObject = {}): IDataObject => ({
	resource: 'deployment',
	operation,
	...parameters,
});

/** The picker in ID mode. */
export const byId = (value: string) => ({ deploymentId: { __rl: true, mode: 'id', value } });

export const llm = deployment('deployLlm', {
	basemodelPath: 'mistralai/Mistral-7B-v0.1',
	promptTemplate: '{prompt}{completion}',
	perGpuVram: 24,
	gpuCount: 1,
});

export const image = deployment('deployCustomImage', { registryName: 'hello-world' });

/** A session whose deployments are live at once unless a test says otherwise. */
export function useDeployments(): Session {
	const session = useSession();
	beforeEach(() =>
		Object.assign(session.emulator.state.settings, { deployPendingMs: 0, deployBuildMs: 0 }),
	);
	return session;
}

/** Starts a language model and gives its id. */
export async function launch(session: Session, parameters: IDataObject = {}): Promise<string> {
	const { items, error } = await session.run({ ...llm, ...parameters });
	expect(error).toBeUndefined();
	return textOf(items[0], 'deployment_id');
}

/** The emulator's deployments that have not been terminated. */
export const running = (session: Session) =>
	[...session.emulator.state.deployments.values()].filter(({ ended }) => ended === undefined);
