import type { Model, Parameter } from './types';

/** A parameter value that the API accepts. */
type InputValue = string | number | boolean;

const formatNumber = (value: number) => value.toLocaleString('en-US', { useGrouping: false });

const rangeText = (min: number | undefined, max: number | undefined): string => {
	if (min !== undefined && max !== undefined) {
		return `from ${formatNumber(min)} to ${formatNumber(max)}`;
	}
	if (min !== undefined) return `of at least ${formatNumber(min)}`;
	return max === undefined ? '' : `of at most ${formatNumber(max)}`;
};

/** The values that a parameter accepts, in words: "a whole number from 30 to 500". */
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
 * Parses the value of a parameter. Expressions may return numbers and booleans as text, which are converted.
 * @returns the value to send, or undefined if the parameter does not accept it
 */
export function readValue(parameter: Parameter, value: unknown): InputValue | undefined {
	switch (parameter.type) {
		case 'integer':
		case 'number': {
			const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
			if (typeof parsed !== 'number' || !Number.isFinite(parsed)) return undefined;
			if (parameter.type === 'integer' && !Number.isSafeInteger(parsed)) return undefined;
			if (parameter.min !== undefined && parsed < parameter.min) return undefined;
			if (parameter.max !== undefined && parsed > parameter.max) return undefined;
			if (parameter.values?.includes(parsed) === false) return undefined;
			return parsed;
		}
		case 'boolean': {
			if (typeof value === 'boolean') return value;
			const normalized = typeof value === 'string' ? value.trim().toLowerCase() : value;
			return normalized === 'true' ? true : normalized === 'false' ? false : undefined;
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
	/** One sentence for each invalid value; empty if all are valid. */
	readonly problems: readonly string[];
	/** The names of values that were set, but which the model does not have. */
	readonly leftOut: readonly string[];
}

/**
 * Validates parameters before anything is sent. Empty values (undefined, null, '') count as not set. A key that the model
 * does not have is left out, since the form keeps values of the model that was chosen before.
 */
export function checkInputs(
	{ parameters }: Pick<Model, 'parameters'>,
	values: Readonly<Record<string, unknown>>,
): CheckedInputs {
	const inputs: Record<string, InputValue> = {};
	const problems: string[] = [];
	for (const [name, parameter] of Object.entries(parameters)) {
		const value = Object.hasOwn(values, name) ? values[name] : undefined;
		if (!isSet(value)) continue;
		const input = readValue(parameter, value);
		if (input === undefined) {
			problems.push(
				`'${parameter.label}' (${name}) must be ${describeDomain(parameter)}, but is ${describeValue(parameter, value)}`,
			);
		} else {
			inputs[name] = input;
		}
	}
	const leftOut = Object.keys(values).filter(
		(name) => isSet(values[name]) && !Object.hasOwn(parameters, name),
	);
	return { inputs, problems, leftOut };
}

const isSet = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

/** An invalid value for an error message: short and on one line. */
function describeValue(parameter: Parameter, value: unknown): string {
	if (parameter.type === 'string' && parameter.secret === true) return 'something else';
	const text = typeof value === 'object' ? 'an object or a list' : `'${String(value)}'`;
	const cut = text.length > 60 ? `${text.slice(0, 57)}…` : text;
	// Not every database can store half of an emoji.
	return cut.replace(/\p{Surrogate}/gu, '').replace(/\s+/g, ' ');
}
