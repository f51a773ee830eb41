import { violationsOf } from '../../../contract/request-check.cjs';
import type { ObservedRequest } from '../../../emulator/request-record.cjs';

/** Checks the requests of a test against MonsterAPI's contract. */
export function watchContract() {
	let requests: ObservedRequest[] = [];
	let expected: RegExp[] = [];
	return {
		observe: (request: ObservedRequest) => void requests.push(request),
		expectViolations: (...patterns: RegExp[]) => void expected.push(...patterns),
		reset: () => {
			requests = [];
			expected = [];
		},
		/** Violations that no pattern describes, and patterns that describe none. */
		async unexpected(): Promise<readonly string[]> {
			const violations = (await Promise.all(requests.map(describe))).flat();
			return [
				...violations.filter((violation) => !expected.some((pattern) => pattern.test(violation))),
				...expected
					.filter((pattern) => !violations.some((violation) => pattern.test(violation)))
					.map((pattern) => `expected a violation that matches ${String(pattern)}`),
			];
		},
	};
}

/** Paths of storage and control are not the API's. A deployed model is called at its own address. */
async function describe(request: ObservedRequest): Promise<readonly string[]> {
	const path = /^(?:\/v1|\/deployments\/[^/]+)(\/.*)$/.exec(request.path)?.[1];
	if (path === undefined) return [];
	const violations = await violationsOf({ ...request, path });
	return violations.map((violation) => `${request.method} ${request.path}: ${violation}`);
}
