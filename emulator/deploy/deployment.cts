import type { DeployRequest } from './deploy-request.cjs';

/** State of a deployment. The service shows `pending` as 501 and `failed` as 400; these two names are ours. */
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
	readonly request: DeployRequest;
	/** Required by its own address instead of the account's key. */
	readonly apiAuthToken: string;
	/** By the emulator's clock, in milliseconds. */
	readonly createdAt: number;
	/** Fixed at the launch, so that later settings change later deployments alone. */
	readonly pendingMs: number;
	readonly buildMs: number;
	/** Message that the launch fails with. */
	readonly failure: string | undefined;
	/** What its model was asked, as it came. */
	readonly questions: object[];
	ended?: 'terminatedByUser' | 'terminatedBySystem';
}

/** Follows from the clock alone until the deployment is terminated. */
export function phaseOf(deployment: Deployment, now: number): Phase {
	if (deployment.ended !== undefined) return deployment.ended;
	const age = now - deployment.createdAt;
	if (age < deployment.pendingMs) return 'pending';
	if (age < deployment.pendingMs + deployment.buildMs) return 'building';
	return deployment.failure === undefined ? 'live' : 'failed';
}

/** Whether it uses a machine, now or soon. */
export const isRunning = (phase: Phase): boolean =>
	phase === 'pending' || phase === 'building' || phase === 'live';
