import { MonsterApiError } from './errors';

/*
 * The documentation shows UUIDs and promises no form. What goes into a path must stay one segment of it, so nothing but
 * letters, digits, dot, dash and underscore is taken.
 */
const form = /^(?!\.{1,2}$)[\w.-]{1,128}$/;

/** The process id in an API answer or a callback, or undefined when there is none that can be used. */
export function readProcessId(value: unknown): string | undefined {
	const text = Number.isSafeInteger(value) ? String(value) : value;
	return typeof text === 'string' && form.test(text) ? text : undefined;
}

/**
 * Checks a process id that a user gave.
 * @throws MonsterApiError when it is empty or cannot be one
 */
export function requireProcessId(value: unknown): string {
	const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
	const processId = readProcessId(text);
	if (processId !== undefined) return processId;
	throw new MonsterApiError(
		text === '' ? 'The process ID is empty' : 'The process ID is not one that MonsterAPI gives',
		{
			advice:
				'Give the process_id of an accepted job, such as {{ $json.process_id }}. It has only letters, digits, dashes, dots and underscores.',
			retryable: false,
		},
	);
}
