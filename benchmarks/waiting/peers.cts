import type { Schedule } from '../../nodes/core/polling/schedule';

/** A schedule of other public packages, as their source has it. */
export interface Peer {
	readonly rule: string;
	/** With the version that was read. */
	readonly packages: string;
	/** The first poll is at once: the simulation has to make it, since a pause of 0 is no pause. */
	readonly immediate: boolean;
	readonly schedule: Schedule;
}

/** Pauses in seconds that grow by a factor up to a limit. */
const growing = (start: number, factor: number, limit: number): Schedule => ({
	pauseMs(ageMs) {
		let [age, pause] = [0, 1_000 * start];
		for (; age <= ageMs + 1e-6; pause = Math.min(1_000 * limit, pause * factor)) {
			const steps = pause < 1_000 * limit ? 0 : Math.floor((ageMs - age + 1e-6) / pause);
			age += (steps + 1) * pause;
		}
		return age - ageMs;
	},
});

const peer = (
	packages: string,
	[start, factor = 1, limit = start]: readonly [number, number?, number?],
	immediate = false,
): Peer => ({
	rule: `${start} s${factor === 1 ? '' : ` × ${factor} up to ${limit} s`}${immediate ? ', at once' : ''}`,
	packages,
	immediate,
	schedule: growing(start, factor, limit),
});

export const peers: readonly Peer[] = [
	peer('replicate 1.4.0, fal-js', [0.5], true),
	peer('n8n-nodes-apify 0.6.10', [1], true),
	peer('n8n-nodes-sentinelone-platform 0.3.0', [1.5]),
	peer('n8n-nodes-wavespeed 0.1.3', [2]),
	peer('mittwald n8n-nodes', [0.1, 2, 2]),
	peer('LlamaCloud n8n nodes 6.7.2', [1, 1.5, 5]),
	peer(
		'n8n-nodes-rendobar 0.4.0, n8n-nodes-fal 1.0.1, n8n-nodes-base 2.41.2 (Databricks), @n8n/n8n-nodes-langchain 2.41.1 (Gemini Veo)',
		[5],
	),
	peer('n8n-nodes-pipelex (2026-09), openai 7.5.0', [5], true),
	peer('n8n-nodes-artificialstudio 1.1', [2, 1.5, 10]),
	peer('n8n-nodes-spicyapi 0.1.1', [2, 1.5, 10], true),
	peer('@n8n/n8n-nodes-langchain 2.41.1 (OpenAI video)', [10], true),
	peer('@n8n/n8n-nodes-langchain 2.41.1 (MiniMax, Alibaba)', [15]),
	peer('n8n-nodes-seedance2 1.2.1', [20]),
];
