import { randomUUID } from 'node:crypto';

import { nameIn, type Order } from './deploy-order.cjs';
import { randomFrom } from './random.cjs';
import type { State } from './state.cjs';
import { wishIn } from './wish.cjs';

/** Where a deployment stands. The service shows `pending` as 501 and `failed` as 400; their names here are ours. */
export type Phase =
	| 'pending'
	| 'building'
	| 'live'
	| 'failed'
	| 'terminatedByUser'
	| 'terminatedBySystem';

/** A model or image that was put on a machine of its own. */
export interface Deployment {
	readonly id: string;
	readonly name: string;
	readonly order: Order;
	/** What its own address asks for, in place of the account's key. */
	readonly apiAuthToken: string;
	/** By the emulator's clock, in milliseconds. */
	readonly createdAt: number;
	/** Fixed at the launch, so that later settings change later deployments alone. */
	readonly pendingMs: number;
	readonly buildMs: number;
	/** Message that the launch fails with. */
	readonly failure?: string;
	/** What its model was asked, as it came. */
	readonly questions: object[];
	ended?: 'terminatedByUser' | 'terminatedBySystem';
}

/** Its life follows from the clock alone until somebody ends it. */
export function phaseOf(deployment: Deployment, now: number): Phase {
	if (deployment.ended !== undefined) return deployment.ended;
	const age = now - deployment.createdAt;
	if (age < deployment.pendingMs) return 'pending';
	if (age < deployment.pendingMs + deployment.buildMs) return 'building';
	return deployment.failure === undefined ? 'live' : 'failed';
}

/** Whether it takes a machine, now or in a moment. */
export const isRunning = (phase: Phase): boolean =>
	phase === 'pending' || phase === 'building' || phase === 'live';

/** The address of a deployment; the service gives each a host of its own. */
export const urlOf = ({ origin }: State, { id }: Deployment): string =>
	`${origin}/deployments/${id}`;

const launchFailed = 'Instance launch has failed';

/**
 * Starts a deployment. How it goes is decided by the settings, and by `[fail]`, `[fail: message]` and `[slow seconds]`
 * in its name.
 */
export function launch(state: State, order: Order): Deployment {
	const { deployPendingMs: pendingMs, deployBuildMs, deployFail } = state.settings;
	const id = randomUUID();
	const name = nameIn(order) || madeUpName(id);
	const { failure = deployFail ? '' : undefined, lastsMs } = wishIn(name);
	const deployment: Deployment = {
		id,
		name,
		order,
		apiAuthToken: (order.service === 'llm' && order.body.api_auth_token) || randomUUID(),
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
