import { randomUUID } from 'node:crypto';

import { nameIn, type DeployRequest } from './deploy-request.cjs';
import type { Deployment } from './deployment.cjs';
import { parseDirectives } from '../directive.cjs';
import { randomFrom } from '../random.cjs';
import type { State } from '../state.cjs';

/** The address of a deployment; the service gives each a host of its own. */
export const urlOf = ({ origin }: State, { id }: Deployment): string =>
	`${origin}/deployments/${id}`;

const launchFailed = 'Instance launch has failed';

/**
 * Starts a deployment. How it goes is decided by the settings, and by `[fail]`, `[fail: message]` and `[slow seconds]`
 * in its name.
 */
export function launch(state: State, request: DeployRequest): Deployment {
	const { deployPendingMs: pendingMs, deployBuildMs, deployFail } = state.settings;
	const id = randomUUID();
	const name = nameIn(request) || madeUpName(id);
	const { failure = deployFail ? '' : undefined, lastsMs } = parseDirectives(name);
	const deployment: Deployment = {
		id,
		name,
		request,
		apiAuthToken: (request.service === 'llm' && request.body.api_auth_token) || randomUUID(),
		createdAt: state.now(),
		pendingMs,
		buildMs: lastsMs === undefined ? deployBuildMs : Math.max(0, lastsMs - pendingMs),
		questions: [],
		failure: failure === '' ? launchFailed : failure && `${launchFailed}: ${failure}`,
	};
	state.deployments.set(id, deployment);
	return deployment;
}

const moods = ['loyal', 'mysterious', 'eager', 'calm', 'brave', 'gentle'];
const people = ['volta', 'hawking', 'curie', 'noether', 'turing', 'lovelace'];

function madeUpName(id: string): string {
	const random = randomFrom(id);
	const pick = (words: readonly string[]) => words[Math.floor(random() * words.length)];
	return `${pick(moods)}_${pick(people)}_${id.slice(0, 10)}`;
}
