import type { Job } from '../../../emulator/generate/job.cjs';
import type { State, Webhook } from '../../../emulator/state.cjs';

function steered(what: string): never {
	throw new Error(
		`The test steers the emulator (${what}). It cannot run on the gateway: add it to test/support/engine/emulator-only.json, or to test/e2e/gateway/emulator-only.cts`,
	);
}

/** What a recorder has seen, as a map that nobody else can change. */
export class SeenMap<V> extends Map<string, V> {
	see(key: string, value: V): void {
		super.set(key, value);
	}

	forget(key: string): void {
		super.delete(key);
	}

	forgetAll(): void {
		super.clear();
	}

	override set(): this {
		return steered('set');
	}

	override delete(): boolean {
		return steered('delete');
	}

	override clear(): void {
		steered('clear');
	}
}

/** What a recorder knows nothing of, or only the emulator can be told. */
const unseen = ['settings', 'faults', 'deployments', 'uploads', 'callbacks', 'outbox'];
const writable = ['requests', 'observer', 'peakOpenRequests', 'peakTransfers'];

/** A recorder's state: reads like the emulator's, and throws where a test would steer the emulator. */
export function observedState(state: State, jobs: SeenMap<Job>, webhooks: SeenMap<Webhook>): State {
	const seen = new Map<string | symbol, unknown>([
		['jobs', jobs],
		['webhooks', webhooks],
		[
			'reset',
			() => {
				state.requests = [];
				jobs.forgetAll();
				webhooks.forgetAll();
				state.peakOpenRequests = state.openRequests;
				state.peakTransfers = state.openTransfers;
			},
		],
	]);
	return new Proxy(state, {
		get: (target, name) => {
			if (unseen.includes(String(name))) steered(String(name));
			const value: unknown = seen.get(name) ?? Reflect.get(target, name);
			return value;
		},
		set: (target, name, value) =>
			writable.includes(String(name)) ? Reflect.set(target, name, value) : steered(String(name)),
	});
}
