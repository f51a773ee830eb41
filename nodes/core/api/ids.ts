import { MonsterApiError } from '../http/errors';

/*
 * The documentation shows UUIDs and promises no form. What goes into a path must stay one segment of it, so nothing but
 * letters, digits, dot, dash and underscore is taken.
 */
const form = /^(?!\.{1,2}$)[\w.-]{1,128}$/;

/** The id of a job or deployment in an API answer or a callback, or undefined when there is none that can be used. */
export function readId(value: unknown): string | undefined {
	const text = Number.isSafeInteger(value) ? String(value) : value;
	return typeof text === 'string' && form.test(text) ? text : undefined;
}

/**
 * Checks a process id that a user gave.
 * @throws MonsterApiError when it is empty or cannot be one
 */
export const requireProcessId = (value: unknown): string =>
	requireId(
		value,
		'process ID',
		'Give the process_id of an accepted job, such as {{ $json.process_id }}.',
	);

/**
 * Checks a deployment id that a user gave.
 * @throws MonsterApiError when it is empty or cannot be one
 */
export const requireDeploymentId = (value: unknown): string =>
	requireId(
		value,
		'deployment ID',
		'Pick a deployment from the list, or give its deployment_id, such as {{ $json.deployment_id }}.',
	);

function requireId(value: unknown, what: string, advice: string): string {
	const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
	const id = readId(text);
	if (id !== undefined) return id;
	throw new MonsterApiError(
		text === '' ? `The ${what} is empty` : `The ${what} is not one that MonsterAPI gives`,
		{
			advice: `${advice} It has only letters, digits, dashes, dots and underscores.`,
			retryable: false,
		},
	);
}
