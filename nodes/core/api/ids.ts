import { MonsterApiError, validationError } from '../http/errors';
import { oddCharacter, trimInvisible } from '../text';

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
	const text =
		typeof value === 'string' || typeof value === 'number' ? trimInvisible(String(value)) : '';
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

/** A model's ID becomes a segment of a path as well, and a gateway's own models may have a colon, such as qwen3:4b. */
const modelPattern = /^(?!\.{1,2}$)[\w.:@+~-]{1,128}$/;

/** The ID of a model in a response; undefined if it is missing or unusable. */
export const readModelId = (value: unknown): string | undefined =>
	typeof value === 'string' && modelPattern.test(value) ? value : undefined;

/**
 * Checks a model ID from a user.
 * @throws MonsterApiError when it is empty or malformed
 */
export function requireModelId(value: string): string {
	const id = trimInvisible(value);
	if (readModelId(id) !== undefined) return id;
	throw validationError(
		id === '' ? 'The model is empty' : 'The model is not a valid model ID',
		"Choose a model from the list, or enter its ID in 'Model', such as sdxl-base: the part of its URL after /generate/, without slashes.",
	);
}

const maxNameLength = 200;

/**
 * Checks the name of a webhook from a user.
 * @throws MonsterApiError when it is empty, too long or contains what cannot be seen
 */
export function requireWebhookName(value: string): string {
	const name = trimInvisible(value);
	if (name === '') {
		throw validationError(
			'The webhook name is empty',
			'Choose a registered webhook from the list, or enter its name.',
		);
	}
	const odd = oddCharacter(name);
	if (odd === undefined && name.length <= maxNameLength) return name;
	throw validationError(
		odd === undefined ? 'The webhook name is too long' : `The webhook name contains ${odd}`,
		`Enter a name of at most ${maxNameLength} visible characters in 'Webhook Name'.`,
	);
}
