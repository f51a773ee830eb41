import type { JsonObject } from './json.mts';

/** MonsterAPI's parameter → the engine's field, with dots for nesting (`options.num_predict`). */
export type FieldMap = Readonly<Record<string, string>>;

/**
 * The configuration's changes to a field map: another name for the field, or false to leave it out (newer OpenAI models
 * refuse `temperature` and want `max_completion_tokens` instead of `max_tokens`).
 */
export type FieldOverrides = Readonly<Record<string, string | false>>;

export interface MappedParameters {
	readonly body: JsonObject;
	readonly notes: readonly string[];
}

/** Names come from requests, so that `constructor` may be one. */
const own = <T,>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
	Object.hasOwn(record, name) ? record[name] : undefined;

/* Values that ask for nothing, so that nothing is lost when an engine has no such setting. */
const neutralValues: Readonly<Record<string, unknown>> = {
	beam_size: 1,
	best_of: 1,
	samples: 1,
	num_speakers: 2,
	repetition_penalty: 1,
	transcription_format: 'text',
};

const isNeutral = (name: string, value: unknown): boolean =>
	value === undefined ||
	value === null ||
	value === false ||
	value === '' ||
	value === own(neutralValues, name);

export const noEffect = (name: string, reason: string): string =>
	`'${name}' had no effect: ${reason}`;

/**
 * Translates a job's parameters into an engine's fields.
 * @param handled names that the driver takes care of itself
 * @returns the fields, and a note for each parameter that the engine has no field for
 */
export function mapParameters(
	inputs: Readonly<Record<string, unknown>>,
	{
		fields,
		overrides = {},
		handled,
	}: { fields: FieldMap; overrides?: FieldOverrides | undefined; handled: readonly string[] },
): MappedParameters {
	const body: Record<string, unknown> = {};
	const notes: string[] = [];
	for (const [name, value] of Object.entries(inputs)) {
		if (handled.includes(name) || value === undefined || value === null) continue;
		const field = own(overrides, name) ?? own(fields, name);
		if (field === undefined) {
			if (!isNeutral(name, value)) notes.push(noEffect(name, 'the engine has no such setting'));
		} else if (field === false) {
			notes.push(noEffect(name, 'the configuration leaves it out'));
		} else {
			setField(body, field.split('.'), value);
		}
	}
	return { body, notes };
}

function setField(body: Record<string, unknown>, path: readonly string[], value: unknown): void {
	const [name, ...rest] = path;
	if (name === undefined) return;
	if (rest.length === 0) {
		body[name] = value;
		return;
	}
	const inner: Record<string, unknown> = { ...asObject(body[name]) };
	setField(inner, rest, value);
	body[name] = inner;
}

const asObject = (value: unknown): object =>
	typeof value === 'object' && value !== null ? value : {};

/** A text parameter; empty when it is not set. */
export const textInput = (inputs: Readonly<Record<string, unknown>>, name: string): string => {
	const value = inputs[name];
	return typeof value === 'string' ? value : '';
};

export const numberInput = (
	inputs: Readonly<Record<string, unknown>>,
	name: string,
): number | undefined => {
	const value = inputs[name];
	return typeof value === 'number' ? value : undefined;
};
