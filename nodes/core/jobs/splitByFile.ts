import type { JobState } from '../api/status';
import { outputAddresses } from './outputFiles';

/**
 * A finished job as one job for each of its files, in their order, with the file's address as its only output. The credits
 * are in the first one only, so that their sum is right. Any other job is returned as it is.
 */
export function splitByFile(state: JobState, baseUrl: string): JobState[] {
	const addresses = outputAddresses(state, baseUrl);
	if (addresses.length < 2) return [state];
	const unpaid = Object.fromEntries(
		Object.entries(state.raw).filter(([key]) => key !== 'credit_used'),
	);
	return addresses.map((address, index) => {
		const result = { ...state.result, output: [address] };
		return { ...state, result, raw: { ...(index === 0 ? state.raw : unpaid), result } };
	});
}
