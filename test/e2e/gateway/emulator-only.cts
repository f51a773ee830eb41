/** Names of checks by the reason that leaves them to the emulator. */
type Reasons = Readonly<Record<string, readonly string[]>>;

const noDeployments = 'the gateway has no deployments';
const faults = 'makes the API fail';
const undocumented = 'sets what the documentation leaves open';

/** What only the emulator can be put through, by section. A name that no check has fails its section. */
export const emulatorOnly = {
	workflows: {
		[noDeployments]: ['deployments', 'expressions-deployments', 'retry-on-fail'],
		[faults]: ['retry'],
		'runs a model that only the emulator has': ['run-model'],
	},
	publishing: {
		[undocumented]: [
			'publish, probed by HEAD',
			'publish, probed by POST',
			'publish, probed by POST-empty',
			'a name that is gone already does not hinder unpublishing',
		],
		[faults]: ['an unreachable URL is explained'],
	},
	receiving: {
		[undocumented]: ['a callback that comes three times starts one execution'],
		[faults]: ['a sender that goes away while a rate limit is waited out loses nothing'],
	},
	refusals: {},
	listening: {
		[undocumented]: [
			'listening, probed by HEAD, and stopped',
			'listening, probed by POST, and stopped',
			'listening, probed by POST-empty, and stopped',
		],
		[faults]: ['a test registration that fails leaves the published one alone'],
	},
	restart: {},
} satisfies Record<string, Reasons>;
