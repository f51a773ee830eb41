import { phaseOf, type Deployment } from './deployment.cjs';

/** How often a live deployment writes a line. */
const beatMs = 1000;

/**
 * The newest lines of a deployment's log. It grows while the deployment is built, and by a line each second after.
 * @param count how many lines at most
 * @returns none unless it is building or live
 */
export function logLines(deployment: Deployment, now: number, count: number): readonly string[] {
	const phase = phaseOf(deployment, now);
	if (phase !== 'building' && phase !== 'live') return [];
	const { createdAt, pendingMs, buildMs } = deployment;
	const steps = stepsOf(deployment);
	const age = now - createdAt - pendingMs;
	const total =
		phase === 'building'
			? 1 + Math.floor((age / buildMs) * (steps.length - 1))
			: steps.length + Math.floor((age - buildMs) / beatMs);
	const first = Math.max(0, total - count);
	return Array.from({ length: total - first }, (_, offset) => {
		const index = first + offset;
		const beat = index - steps.length + 1;
		return `[emulated] ${steps[index] ?? `up for ${(beat * beatMs) / 1000} s, 0 requests running`}`;
	});
}

/** The last one is written when it goes live. */
function stepsOf({ request, name }: Deployment): readonly string[] {
	const doing =
		request.service === 'llm'
			? [
					`Downloading ${request.body.basemodel_path.split('?', 1).join('')}`,
					`Loading the weights onto ${request.body.gpu_count} GPU`,
					'Capturing the model for CUDA graphs',
				]
			: [
					`Pulling ${request.body.image_registry.registryName}`,
					'Extracting the layers',
					`Publishing ports: ${request.body.port_numbers?.join(', ') || 'none'}`,
				];
	return [`Preparing ${name}`, ...doing, 'Starting the server', 'Server has started !!!'];
}
