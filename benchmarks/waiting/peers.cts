import type { Schedule } from '../../nodes/core/polling/schedule';

/** A schedule of another public package, as its source has it. */
export interface Peer {
	readonly mark: string;
	/** Packages with the version that was read. */
	readonly packages: string;
	readonly rule: string;
	readonly schedule: Schedule;
}

/**
 * Pauses that grow by a factor up to a limit.
 * @param first milliseconds to the first look; 0 for at once
 */
function growing(first: number, start: number, factor = 1, limit = start): Schedule {
	const looks = [first];
	let pause = start;
	for (let age = first; age < 3_600_000; pause = Math.min(limit, pause * factor)) {
		// The first pause after a look at once is the start; a first pause counts as the start itself.
		if (age > 0 && looks.length === 1) pause = Math.min(limit, pause * factor);
		age += pause;
		looks.push(age);
	}
	return {
		pauseMs: (ageMs) => {
			let low = 0;
			let high = looks.length - 1;
			while (low < high) {
				const middle = (low + high) >> 1;
				if ((looks[middle] ?? 0) > ageMs + 1e-6) high = middle;
				else low = middle + 1;
			}
			return (looks[low] ?? Infinity) - ageMs;
		},
	};
}

const peer = (mark: string, packages: string, rule: string, schedule: Schedule): Peer => ({
	mark,
	packages,
	rule,
	schedule,
});

/** Whether the first look is at once: the simulation has to make it, since a pause of 0 is no pause. */
export const looksAtOnce = ({ rule }: Peer): boolean => rule.includes('at once');

export const peers: readonly Peer[] = [
	peer('a', 'replicate 1.4.0, fal-js', '0.5 s, at once', growing(0, 500)),
	peer('b', 'n8n-nodes-apify 0.6.10', '1 s, at once', growing(0, 1_000)),
	peer('c', 'n8n-nodes-sentinelone-platform 0.3.0', '1.5 s', growing(1_500, 1_500)),
	peer('d', 'n8n-nodes-wavespeed 0.1.3', '2 s', growing(2_000, 2_000)),
	peer('e', 'mittwald n8n-nodes', '0.1 s × 2 up to 2 s', growing(100, 100, 2, 2_000)),
	peer('f', 'LlamaCloud n8n nodes 6.7.2', '1 s × 1.5 up to 5 s', growing(1_000, 1_000, 1.5, 5_000)),
	peer(
		'g',
		'n8n-nodes-rendobar 0.4.0, fal-ai-community n8n-nodes-fal 1.0.1, n8n-nodes-base 2.41.2 (Databricks), @n8n/n8n-nodes-langchain 2.41.1 (Gemini Veo)',
		'5 s',
		growing(5_000, 5_000),
	),
	peer('h', 'n8n-nodes-pipelex (2026-09), openai 7.5.0', '5 s, at once', growing(0, 5_000)),
	peer(
		'i',
		'n8n-nodes-artificialstudio 1.1',
		'2 s × 1.5 up to 10 s',
		growing(2_000, 2_000, 1.5, 10_000),
	),
	peer(
		'j',
		'n8n-nodes-spicyapi 0.1.1',
		'2 s × 1.5 up to 10 s, at once',
		growing(0, 2_000, 1.5, 10_000),
	),
	peer('k', '@n8n/n8n-nodes-langchain 2.41.1 (OpenAI video)', '10 s, at once', growing(0, 10_000)),
	peer('l', '@n8n/n8n-nodes-langchain 2.41.1 (MiniMax, Alibaba)', '15 s', growing(15_000, 15_000)),
	peer('m', 'n8n-nodes-seedance2 1.2.1', '20 s', growing(20_000, 20_000)),
];
