import { MonsterApiError } from '../http/errors';

/*
 * The documentation shows UUIDs but guarantees no format. An ID becomes one segment of a path, so only letters, digits,
 * dots, dashes and underscores are allowed.
 */
const idPattern = /^(?!\.{1,2}$)[\w.-]{1,128}$/;

/** The ID of a job or deployment in a response or a callback; undefined if it is missing or unusable. */
export function readId(value: unknown): string | undefined {
	const text = Number.isSafeInteger(value) ? String(value) : value;
	return typeof text === 'string' && idPattern.test(text) ? text : undefined;
}

/**
 * Checks a process ID from a user.
 * @throws MonsterApiError when it is empty or malformed
 */
export const requireProcessId = (value: unknown): string =>
	requireId(
		value,
		'process ID',
		'Enter the process_id of an accepted job, such as {{ $json.process_id }}.',
	);

/**
 * Checks a deployment ID from a user.
 * @throws MonsterApiError when it is empty or malformed
 */
export const requireDeploymentId = (value: unknown): string =>
	requireId(
		value,
		'deployment ID',
		'Choose a deployment from the list, or enter its deployment_id, such as {{ $json.deployment_id }}.',
	);

function requireId(value: unknown, label: string, advice: string): string {
	const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
	const id = readId(text);
	if (id !== undefined) return id;
	throw new MonsterApiError(
		text === '' ? `The ${label} is empty` : `The ${label} is not a valid MonsterAPI ID`,
		{
			advice: `${advice} It has only letters, digits, dashes, dots and underscores.`,
			retryable: false,
		},
	);
}
