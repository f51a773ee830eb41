import type { Model, Parameter } from './types';

/** A value as the API takes it: what a form, an expression or a JSON body can hold. */
export type InputValue = string | number | boolean;

const number = (value: number) => value.toLocaleString('en-US', { useGrouping: false });

const rangeText = (min: number | undefined, max: number | undefined): string => {
	if (min !== undefined && max !== undefined) {
		return `from ${number(min)} to ${number(max)}`;
	}
	if (min !== undefined) return `of at least ${number(min)}`;
	return max === undefined ? '' : `of at most ${number(max)}`;
};

/** What a parameter takes, in words: "a whole number from 30 to 500". */
export function describeDomain(parameter: Parameter): string {
	switch (parameter.type) {
		case 'integer':
			if (parameter.values !== undefined) return `one of ${parameter.values.join(', ')}`;
			return `a whole number ${rangeText(parameter.min, parameter.max)}`.trim();
		case 'number':
			return `a number ${rangeText(parameter.min, parameter.max)}`.trim();
		case 'boolean':
			return 'true or false';
		case 'enum':
			return `one of ${parameter.values.map(({ value }) => value).join(', ')}`;
		case 'string':
			return 'a text';
	}
}

/**
 * Reads one parameter's value, forgiving what expressions bring: numbers and booleans as text are turned into what
 * the API documents.
 * @returns the value to send, or undefined when it is not one that the parameter takes
 */
export function readValue(parameter: Parameter, value: unknown): InputValue | undefined {
	switch (parameter.type) {
		case 'integer':
		case 'number': {
			const read = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
			if (typeof read !== 'number' || !Number.isFinite(read)) return undefined;
			if (parameter.type === 'integer' && !Number.isSafeInteger(read)) return undefined;
			if (parameter.min !== undefined && read < parameter.min) return undefined;
			if (parameter.max !== undefined && read > parameter.max) return undefined;
			if (parameter.values?.includes(read) === false) return undefined;
			return read;
		}
		case 'boolean': {
			if (typeof value === 'boolean') return value;
			const word = typeof value === 'string' ? value.trim().toLowerCase() : value;
			return word === 'true' ? true : word === 'false' ? false : undefined;
		}
		case 'enum':
			return parameter.values.find((known) => known.value === value)?.value;
		case 'string':
			return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
	}
}

export interface CheckedInputs {
	/** The parameters to send, under the API's own names. */
	readonly inputs: Readonly<Record<string, InputValue>>;
	/** One sentence for each value that the model does not take; empty when all is well. */
	readonly problems: readonly string[];
}

/**
 * Checks parameters against the catalogue before anything is sent. An empty value (undefined, null, empty text) counts
 * as left out. A key that the model does not have is dropped: the form keeps values of the model chosen before.
 */
export function checkInputs(
	{ parameters }: Pick<Model, 'parameters'>,
	given: Readonly<Record<string, unknown>>,
): CheckedInputs {
	const inputs: Record<string, InputValue> = {};
	const problems: string[] = [];
	for (const [name, parameter] of Object.entries(parameters)) {
		const value = Object.hasOwn(given, name) ? given[name] : undefined;
		if (value === undefined || value === null || value === '') continue;
		const read = readValue(parameter, value);
		if (read === undefined) {
			problems.push(
				`${parameter.label} (${name}) takes ${describeDomain(parameter)}, but is ${shown(parameter, value)}`,
			);
		} else {
			inputs[name] = read;
		}
	}
	return { inputs, problems };
}

/** A wrong value for a message: short, on one line, whatever was given. */
function shown(parameter: Parameter, value: unknown): string {
	if (parameter.type === 'string' && parameter.secret === true) return 'something else';
	const text = typeof value === 'object' ? 'an object or a list' : `“${String(value)}”`;
	return text.length > 60 ? `${text.slice(0, 57)}…”` : text;
}
